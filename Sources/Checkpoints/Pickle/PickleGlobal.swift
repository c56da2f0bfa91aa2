/// A class or function that a pickle names.
struct PickleGlobal {
  let module: String
  let name: String
  /// What it stands for; nil for everything that Burnish makes nothing of.
  let meaning: Meaning?

  init(module: String, name: String) {
    self.module = module
    self.name = name
    meaning = Self.known[module + " " + name] ?? (module.hasPrefix(Self.programModule) ? .module : nil)
  }

  var fullName: String { module + "." + name }

  /// TorchScript's name of everything that a program defines itself.
  private static let programModule = "__torch__"

  /// What the allow-listed names stand for. Nothing is ever looked up or called by name: a name that is not listed is an
  /// inert value.
  enum Meaning {
    /// A dictionary: `dict`, `OrderedDict`, `defaultdict`.
    case dictionary
    /// A list or set.
    case list
    /// A tuple or `torch.Size`.
    case tuple
    /// `codecs.encode`, by which protocol 2 spells bytes.
    case encode
    /// `bytes` and `bytearray`.
    case bytes
    case rebuildTensor, rebuildTensorV2, rebuildTensorV3
    /// `_rebuild_parameter` and the like: the first argument is the tensor.
    case rebuildParameter
    /// `_rebuild_from_type_v2`: calls the function that is its first argument.
    case rebuildFromType
    case device
    case storage(TorchType)
    case elementType(TorchType)
    /// A module of a TorchScript program: its attributes, parameters among them.
    case module
    case numpyScalar, numpyReconstruct, numpyFromBuffer, numpyType
  }

  private static let known: [String: Meaning] = {
    var known: [String: Meaning] = [
      "collections OrderedDict": .dictionary, "collections defaultdict": .dictionary,
      "_codecs encode": .encode,
      "torch._utils _rebuild_tensor": .rebuildTensor,
      "torch._utils _rebuild_tensor_v2": .rebuildTensorV2,
      "torch._utils _rebuild_tensor_v3": .rebuildTensorV3,
      "torch._utils _rebuild_parameter": .rebuildParameter,
      "torch._utils _rebuild_parameter_with_state": .rebuildParameter,
      "torch._tensor _rebuild_from_type_v2": .rebuildFromType,
      "torch.nn.parameter Parameter": .rebuildParameter,
      "torch Size": .tuple, "torch device": .device,
      "torch.storage UntypedStorage": .storage(.uint8), "torch.storage _UntypedStorage": .storage(.uint8),
      "torch UntypedStorage": .storage(.uint8),
      "numpy dtype": .numpyType,
    ]
    for module in ["builtins", "__builtin__"] {
      for name in ["list", "set", "frozenset"] { known["\(module) \(name)"] = .list }
      for name in ["bytes", "bytearray"] { known["\(module) \(name)"] = .bytes }
      known["\(module) dict"] = .dictionary
      known["\(module) tuple"] = .tuple
    }
    for type in TorchType.allCases {
      known["torch \(type.rawValue)"] = .elementType(type)
      guard let storage = type.storageName else { continue }
      for module in ["torch", "torch.cuda", "torch.storage"] { known["\(module) \(storage)"] = .storage(type) }
    }
    // numpy 2 gave its inner modules an underscore.
    for core in ["numpy.core", "numpy._core"] {
      known["\(core).multiarray scalar"] = .numpyScalar
      known["\(core).multiarray _reconstruct"] = .numpyReconstruct
      known["\(core).numeric _frombuffer"] = .numpyFromBuffer
    }
    return known
  }()
}
