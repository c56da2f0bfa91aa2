/// How much a pickle may make. A file of a few kilobytes can ask for any amount of work and memory.
///
/// A Stable Diffusion checkpoint with its optimizer has about 100,000 values.
struct PickleLimits {
  /// Instructions and copied elements together.
  var work = 50_000_000
  /// Values with parts: lists, texts, tensors.
  var values = 8_000_000
  /// Entries of the memo.
  var memo = 8_000_000
  /// Open marks: how deeply collections are nested while they are made. Python's own pickler ends at about 1,000.
  var depth = 10_000
  /// Bytes of a class's or function's name.
  var name = 1000
  /// Axes of a tensor, as libtorch has it.
  var rank = 64
}
