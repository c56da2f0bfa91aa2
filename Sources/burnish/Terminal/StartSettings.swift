internal import Foundation

/// What libraries read from the environment when they are loaded, before `main`: the program starts itself anew with it.
enum StartSettings {
  /// Some 50 µs on the processors of 2026: longer than most waits within an operation, much shorter than a time slice. Ten
  /// times as many took a tenth off AddSR on idle cores, and doubled the starter's time beside another busy program.
  private static let turns = "3000"

  private static let memory: [(name: String, value: Int)] = [
    ("glibc.malloc.hugetlb", 1), ("glibc.malloc.mmap_max", 0), ("glibc.malloc.trim_threshold", 1 << 30),
    ("glibc.malloc.top_pad", 1 << 26),
  ]

  /// Lets threads that wait sleep after a moment, and large blocks of memory lie on large pages. What the user set stands.
  ///
  /// libgomp lets waiting threads spin for milliseconds. Where another program wants one of the cores, the thread that is
  /// waited for then gets no time: a picture of 512×512 took 28 s instead of 1.5 s. Threads that sleep at once pay for it
  /// with the system's time to wake them: two steps of AddSR took 31 s on two idle cores instead of 23.
  ///
  /// glibc asks for pages of 4 KiB, and each is cleared and entered by itself when it is touched first: with pages of 2 MiB
  /// the four steps of AddSR spent 3 to 8 s in the system instead of 10, and 4 s less in all. It also gives large blocks
  /// back when they are freed, to have them cleared anew for the next layer: kept in one heap they took a tenth less time, at
  /// the same peak. What is free above 1 GiB at the heap's end goes back still.
  static func apply() {
    #if os(Linux)
      var changes: [String: String] = [:]
      if getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil { changes["GOMP_SPINCOUNT"] = turns }
      let tunables = getenv("GLIBC_TUNABLES").map { String(cString: $0) } ?? ""
      let missing = memory.filter { !tunables.contains($0.name) }.map { "\($0.name)=\($0.value)" }
      if !missing.isEmpty {
        changes["GLIBC_TUNABLES"] = ([tunables] + missing).filter { !$0.isEmpty }.joined(separator: ":")
      }
      // Nothing is left to change in the second start.
      guard !changes.isEmpty, let program = Bundle.main.executablePath else { return }
      for (name, value) in changes { setenv(name, value, 1) }
      execv(program, CommandLine.unsafeArgv)
    // Where that is not possible, all goes on as it is.
    #endif
  }
}
