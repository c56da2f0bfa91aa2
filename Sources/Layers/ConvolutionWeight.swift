internal import Checkpoints
internal import Torch

/// The weight of a convolution, in one order at a time: as the checkpoint has it, in `channels_last`, or packed for oneDNN.
///
/// A layer that infers again and again holds the packed form alone; memory of a mapped checkpoint is given back. Large
/// weights are packed only after a few uses: see ``packed(for:stride:padding:)``.
final class ConvolutionWeight {
  /// `[out, in / groups, size, size]`.
  let shape: [Int]
  let dtype: DType
  private let groups: Int
  private let device: Device
  private var plain: Tensor?
  private var isArranged: Bool
  private var packed: Tensor?
  private var uses = 0

  /// A weight of so many numbers or more is used as it is for ``plainUses`` times.
  static let largeCount = 1 << 20
  /// As many as AddSR has steps. oneDNN brings a weight that is not packed into its order in each use, 5 ms for 1280×1280×3×3
  /// on two Zen 5 cores. Packing it takes that once, and new memory, which the system clears: 9 to 50 ms, the more the longer
  /// the machine has not had that memory in use. The results are the same to the bit.
  static let plainUses = 4

  init(_ stored: Tensor, groups: Int) {
    shape = stored.shape
    dtype = stored.dtype
    device = stored.device
    self.groups = groups
    plain = stored
    isArranged = device == .meta
  }

  /// The weight for the ordinary operators. What is trained is the checkpoint's own tensor; another one is in
  /// `channels_last` order, which spares a reordering in each call.
  func ordinary() throws(TorchError) -> Tensor {
    if let plain, isArranged || plain.requiresGradient { return plain }
    let source = if let plain { plain } else { try unpacked() }
    let arranged = try source.contiguous(.channelsLast)
    MappedMemory.release(source)
    plain = arranged
    isArranged = true
    return arranged
  }

  /// The weight for oneDNN: packed, and kept so; a large one as it is at first.
  /// - Parameter x: The input.
  /// - Returns: nil where oneDNN cannot run the layer.
  func packed(for x_BCHW: Tensor, stride: Int, padding: Int) throws(TorchError) -> Tensor? {
    guard device == .cpu, OneDNN.runs(x_BCHW, dtype: dtype), plain?.requiresGradient != true else { return nil }
    if let packed { return packed }
    guard let plain else { return nil }
    uses += 1
    if plain.count >= Self.largeCount, shape[2] > 1, uses <= Self.plainUses { return plain }
    let made = try OneDNN.packed(plain, stride: stride, padding: padding, groups: groups, for: x_BCHW.shape)
    // A mapped weight costs nothing once its pages are gone, and can be read again.
    let isMapped = MappedMemory.release(plain) && !isArranged
    packed = made
    if !isMapped {
      self.plain = nil
      isArranged = false
    }
    return made
  }

  private func unpacked() throws(TorchError) -> Tensor {
    guard let packed else { throw TorchError(.argument, "a convolution's weight is gone") }
    let dense = try OneDNN.unpacked(packed)
    self.packed = nil
    return dense
  }
}
