// Views and rearrangements. Views share memory with their source.

private let reshapeOperator = Operator("aten::reshape")
private let permuteOperator = Operator("aten::permute")
private let transposeOperator = Operator("aten::transpose", "int")
private let unsqueezeOperator = Operator("aten::unsqueeze")
private let squeezeOperator = Operator("aten::squeeze", "dim")
private let flattenOperator = Operator("aten::flatten", "using_ints")
private let expandOperator = Operator("aten::expand")
private let repeatOperator = Operator("aten::repeat")
private let concatenateOperator = Operator("aten::cat")
private let stackOperator = Operator("aten::stack")
private let chunkOperator = Operator("aten::chunk")
private let splitOperator = Operator("aten::split_with_sizes")
private let contiguousOperator = Operator("aten::contiguous")
private let flipOperator = Operator("aten::flip")
private let rollOperator = Operator("aten::roll")
private let pixelShuffleOperator = Operator("aten::pixel_shuffle")
private let pixelUnshuffleOperator = Operator("aten::pixel_unshuffle")
private let detachOperator = Operator("aten::detach")
private let cloneOperator = Operator("aten::clone")

/// How a BCHW tensor lies in memory.
public enum MemoryFormat: Int, Sendable {
  /// Row-major in the order of the axes.
  case contiguous = 0
  /// As it already lies.
  case preserve = 1
  /// BHWC: the channels of a pixel side by side, which convolutions on CPUs and tensor cores prefer.
  case channelsLast = 2
}

extension Tensor {
  /// The same elements in another shape; one size may be -1.
  public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor { try reshapeOperator(.tensor(self), .ints(shape)) }

  /// Axes in another order.
  public func permuted(_ axes: [Int]) throws(TorchError) -> Tensor { try permuteOperator(.tensor(self), .ints(axes)) }

  /// Two axes exchanged.
  public func transposed(_ a: Int, _ b: Int) throws(TorchError) -> Tensor {
    try transposeOperator(.tensor(self), .int(a), .int(b))
  }

  /// A new axis of size 1.
  public func unsqueezed(_ axis: Int) throws(TorchError) -> Tensor { try unsqueezeOperator(.tensor(self), .int(axis)) }

  /// An axis of size 1 left out.
  public func squeezed(_ axis: Int) throws(TorchError) -> Tensor { try squeezeOperator(.tensor(self), .int(axis)) }

  /// Axes from `start` to `end` made one.
  public func flattened(from start: Int = 0, to end: Int = -1) throws(TorchError) -> Tensor {
    try flattenOperator(.tensor(self), .int(start), .int(end))
  }

  /// Axes of size 1 repeated without a copy; -1 leaves an axis.
  public func expanded(_ shape: [Int]) throws(TorchError) -> Tensor { try expandOperator(.tensor(self), .ints(shape)) }

  /// The whole tensor repeated along each axis.
  public func repeated(_ counts: [Int]) throws(TorchError) -> Tensor {
    try repeatOperator(.tensor(self), .ints(counts))
  }

  /// Tensors one after another along an existing axis.
  public static func concatenated(_ tensors: [Tensor], axis: Int) throws(TorchError) -> Tensor {
    try concatenateOperator(.tensors(tensors), .int(axis))
  }

  /// Tensors one after another along a new axis.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws(TorchError) -> Tensor {
    try stackOperator(.tensors(tensors), .int(axis))
  }

  /// Views of `count` equal parts along an axis (the last may be shorter).
  public func chunks(_ count: Int, axis: Int) throws(TorchError) -> [Tensor] {
    try chunkOperator.call([.tensor(self), .int(count), .int(axis)], capacity: max(count, 1))
  }

  /// Views of parts of given sizes along an axis.
  public func split(_ sizes: [Int], axis: Int) throws(TorchError) -> [Tensor] {
    try splitOperator.call([.tensor(self), .ints(sizes), .int(axis)], capacity: max(sizes.count, 1))
  }

  /// The same tensor, copied only where its memory is not in `format` already.
  public func contiguous(_ format: MemoryFormat = .contiguous) throws(TorchError) -> Tensor {
    try contiguousOperator(.tensor(self), .int(format.rawValue))
  }

  /// Order reversed along axes.
  public func flipped(_ axes: [Int]) throws(TorchError) -> Tensor { try flipOperator(.tensor(self), .ints(axes)) }

  /// Elements moved along axes; what leaves at one end enters at the other.
  public func rolled(_ shifts: [Int], axes: [Int]) throws(TorchError) -> Tensor {
    try rollOperator(.tensor(self), .ints(shifts), .ints(axes))
  }

  /// `[B, C r², H, W]` to `[B, C, r H, r W]`.
  public func pixelShuffled(_ factor: Int) throws(TorchError) -> Tensor {
    try pixelShuffleOperator(.tensor(self), .int(factor))
  }

  /// `[B, C, r H, r W]` to `[B, C r², H, W]`.
  public func pixelUnshuffled(_ factor: Int) throws(TorchError) -> Tensor {
    try pixelUnshuffleOperator(.tensor(self), .int(factor))
  }

  /// The same memory, cut off from the recorded graph.
  public func detached() throws(TorchError) -> Tensor { try detachOperator(.tensor(self)) }

  /// A copy in memory of its own.
  public func cloned() throws(TorchError) -> Tensor { try cloneOperator(.tensor(self)) }
}
