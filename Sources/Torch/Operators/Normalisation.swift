// Normalisation layers as functions.

private let groupNormOperator = Operator("aten::group_norm")
private let layerNormOperator = Operator("aten::layer_norm")
private let rmsNormOperator = Operator("aten::rms_norm")

extension Tensor {
  /// Normalises groups of channels over channels and space, then scales and shifts each channel.
  public func groupNorm(_ groups: Int, weight: Tensor?, bias: Tensor?, epsilon: Double) throws(TorchError) -> Tensor {
    // libtorch 2.13's backward pass in channels_last order writes the input's gradient on the CPU even where nobody wants
    // one and there is no memory for it: an adapter's first norm behind frozen layers would end the program.
    if isGradientRecorded, !requiresGradient, isChannelsLast, !isContiguous, device == .cpu,
      weight?.requiresGradient == true || bias?.requiresGradient == true
    {
      return try contiguous().groupNorm(groups, weight: weight, bias: bias, epsilon: epsilon).contiguous(.channelsLast)
    }
    return try groupNormOperator(.tensor(self), .int(groups), .optional(weight), .optional(bias), .double(epsilon))
  }

  /// Normalises over the last axis of size `width`, then scales and shifts.
  public func layerNorm(_ width: Int, weight: Tensor?, bias: Tensor?, epsilon: Double) throws(TorchError) -> Tensor {
    try layerNormOperator(.tensor(self), .ints([width]), .optional(weight), .optional(bias), .double(epsilon))
  }

  /// Divides by the root of the mean square over the last axis of size `width`, then scales.
  public func rmsNorm(_ width: Int, weight: Tensor?, epsilon: Double) throws(TorchError) -> Tensor {
    try rmsNormOperator(.tensor(self), .ints([width]), .optional(weight), .double(epsilon))
  }
}
