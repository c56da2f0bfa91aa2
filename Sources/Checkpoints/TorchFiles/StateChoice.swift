/// Which of the dictionaries in a PyTorch file holds the weights.
///
/// People save a model's `state_dict` alone, or beside other things under many names.
public enum StateChoice: Sendable, Hashable {
  /// As the field's own programs choose:
  ///
  /// 1. Where one of `params_ema`, `model_ema`, `state_dict_ema`, `state_dict`, `model`, `params` is a dictionary with
  ///    tensors, the first of these: averaged weights are the ones that are meant for use.
  /// 2. Else, where the object itself holds tensors, it is the weights.
  /// 3. Else, where one entry alone holds tensors (optimizers do not count), that one.
  ///
  /// The rule is applied again to what was chosen. Several entries with tensors and no known name are an error that
  /// lists them.
  case automatic
  /// The entry of a name: `params`, or `models/generator` for one inside another.
  case entry(String)
  /// The whole object; nested dictionaries become keys with dots.
  case whole
}
