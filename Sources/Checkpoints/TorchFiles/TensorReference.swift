/// A storage that a pickle names: elements that lie elsewhere in the file.
struct StorageReference {
  let type: TorchType
  /// Which storage of the file it is.
  let key: String
  /// Bytes of the whole storage, as the pickle has it.
  let byteCount: Int
  /// The part of the storage that is meant, in bytes.
  let part: Range<Int>
}

/// A tensor that a pickle describes. Whether it lies in its storage is checked when it is asked for, since files of the old
/// format name their storages after the pickle, and nobody may ever ask for the optimizer's.
struct TensorReference {
  /// Which elements of a storage make up a tensor.
  struct Layout {
    let storage: StorageReference
    let type: TorchType
    /// The first element.
    let offset: Int
    /// Sizes, outermost first.
    let shape: [Int]
    /// Elements between neighbours along each axis.
    let strides: [Int]
  }

  /// The layout, or why there is none.
  let layout: Result<Layout, CheckpointFlaw>
}
