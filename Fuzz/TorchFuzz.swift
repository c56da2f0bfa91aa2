// Feeds arbitrary bytes to the readers behind `TorchFile`. `scripts/fuzz` compiles it with those readers alone: without
// libtorch a build takes seconds, and every instruction that runs is instrumented.

/// One run of libFuzzer: no crash, no hang, and every tensor that is accepted can be read to its last element.
@_cdecl("LLVMFuzzerTestOneInput")
public func runOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  var limits = PickleLimits()
  limits.work = 200_000
  limits.values = 50_000
  for choice in [StateChoice.automatic, .whole] {
    if let contents = try? TorchContents(input, choice, limits: limits) { check(contents, input) }
    checkPickle(input, choice, limits)
  }
  return 0
}

/// The input as the pickle of an archive whose storages are the input's own bytes, which gets mutations past the archive.
private func checkPickle(_ input: UnsafeRawBufferPointer, _ choice: StateChoice, _ limits: PickleLimits) {
  var machine = PickleMachine(input, 0..<input.count, limits: limits)
  guard let root = try? machine.run() else { return }
  let pickle = TorchPickle(
    root: root, heap: machine.heap, storages: ["0": 0..<input.count, "1": 0..<min(8, input.count)])
  if let contents = try? TorchContents(pickle, choice, keepsPrefixes: false) { check(contents, input) }
}

private func check(_ contents: TorchContents, _ input: UnsafeRawBufferPointer) {
  for view in contents.views.values where view.byteCount < 1 << 16 {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: view.byteCount, alignment: 16)
    defer { copy.deallocate() }
    // Bytes that no element was written to stay as they are.
    for index in copy.indices { copy[index] = 0xa5 }
    switch view.source {
    case .file(let range):
      check(range.lowerBound >= 0 && range.upperBound <= input.count, "tensors lie in the file")
      // A copy of the part alone: the sanitizer sees the first step beside it.
      let part = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 16)
      defer { part.deallocate() }
      part.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[range]))
      view.gather(from: UnsafeRawBufferPointer(part), to: copy)
      if view.isContiguous, view.count > 0 {
        let start = view.offset * view.type.byteCount
        check(copy.elementsEqual(part[start..<start + view.byteCount]), "what stands in order is read as it stands")
      }
    case .owned(let bytes): bytes.withUnsafeBytes { view.gather(from: $0, to: copy) }
    }
  }
}

private func check(_ condition: Bool, _ promise: String) {
  if !condition { fatalError("broken promise: \(promise)") }
}
