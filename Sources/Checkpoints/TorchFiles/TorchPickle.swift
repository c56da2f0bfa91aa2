/// What a file of `torch.save` holds, as far as it can be known without reading a tensor.
struct TorchPickle {
  /// The object that was saved.
  let root: PickleValue
  /// Everything with parts that `root` is made of.
  let heap: PickleHeap
  /// Where the storages lie in the file, by key.
  let storages: [String: Range<Int>]

  /// Reads a file of any of the formats.
  /// - Parameters:
  ///   - file: All bytes of the file.
  ///   - limits: How much its pickle may make.
  /// - Throws: `CheckpointFlaw`: what is wrong, and what to do about it.
  init(_ file: UnsafeRawBufferPointer, limits: PickleLimits = PickleLimits()) throws(CheckpointFlaw) {
    switch CheckpointFormat(file) {
    case .zip: self = try Self.archive(file, limits: limits)
    case .pickle: self = try Self.legacy(file, limits: limits)
    case .tar:
      throw CheckpointFlaw(
        .unsupported,
        "it is a tar archive, as PyTorch wrote before 2017; load and save it anew with a PyTorch of today")
    case .webPage:
      throw CheckpointFlaw(
        .malformed,
        "it is a web page and no checkpoint: the link led to a page about the file; download the file itself")
    case .gitPointer:
      throw CheckpointFlaw(
        .malformed,
        "it is a Git LFS pointer and not the file that it stands for; run `git lfs pull`, or download the file itself")
    case .empty: throw CheckpointFlaw(.truncated, "it is empty; download it again")
    case .safetensors, nil:
      throw CheckpointFlaw(.malformed, "it is no file of PyTorch: it is neither a zip archive nor a pickle")
    }
  }

  init(root: PickleValue, heap: PickleHeap, storages: [String: Range<Int>]) {
    self.root = root
    self.heap = heap
    self.storages = storages
  }
}
