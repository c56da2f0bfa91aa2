// Feeds arbitrary bytes to the parsers behind `SafetensorsFile` and `ShardedCheckpoint`. `scripts/fuzz` compiles it with
// those parsers alone: without libtorch a build takes seconds, and every instruction that runs is instrumented.

/// One run of libFuzzer: no crash, no hang, and whatever is accepted keeps the promises that reading relies on.
@_cdecl("LLVMFuzzerTestOneInput")
public func runOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  checkFile(input)
  checkFile(UnsafeRawBufferPointer(rebasing: input.dropFirst()), bufferLength: Int(input.first ?? 0))
  checkIndex(input)
  return 0
}

/// The input as a whole file.
private func checkFile(_ bytes: UnsafeRawBufferPointer) {
  guard let header = try? SafetensorsHeader(bytes) else { return }
  var end = 8 + Int(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
  var sum: UInt8 = 0
  let entries = header.entries.values.sorted {
    ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
  }
  for entry in entries {
    check(entry.range.lowerBound == end, "tensors lie side by side")
    check(entry.range.upperBound <= bytes.count, "tensors lie in the file")
    check(entry.shape.allSatisfy { $0 >= 0 }, "sizes are not negative")
    check(entry.shape.reduce(entry.type.bitCount, *) == 8 * entry.range.count, "shapes fill their bytes")
    for byte in bytes[entry.range] { sum ^= byte }
    end = entry.range.upperBound
  }
  check(end == bytes.count, "tensors fill the file")
  sink = sum
}

/// The input as a header of the right length with a buffer of zeros after it, which gets mutations past the first checks.
private func checkFile(_ text: UnsafeRawBufferPointer, bufferLength: Int) {
  let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
  (length + text + [UInt8](repeating: 0, count: bufferLength)).withUnsafeBytes { checkFile($0) }
}

private func checkIndex(_ bytes: UnsafeRawBufferPointer) {
  guard let index = try? ShardIndex(bytes) else { return }
  for shard in index.shards.values {
    check(!shard.isEmpty && !shard.utf8.contains(UInt8(ascii: "/")) && shard != "..", "shards stay in their folder")
  }
}

private func check(_ condition: Bool, _ promise: String) {
  if !condition { fatalError("broken promise: \(promise)") }
}

/// Keeps the reads above from being optimised away.
nonisolated(unsafe) private var sink: UInt8 = 0
