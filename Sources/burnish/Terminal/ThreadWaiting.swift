internal import Foundation

/// How the threads of one operation wait for one another.
enum ThreadWaiting {
  private static let setting = "GOMP_SPINCOUNT"
  /// Some 50 µs on the processors of 2026: longer than most waits within an operation, much shorter than a time slice.
  private static let turns = "3000"

  /// Makes threads sleep when they have waited for a moment.
  ///
  /// libgomp lets them spin for milliseconds. Where another program wants one of the cores, the thread that is waited for
  /// then gets no time: a picture of 512×512 took 28 s instead of 1.5 s. Threads that sleep at once pay for it with the
  /// system's time to wake them: two steps of AddSR took 31 s on two idle cores instead of 23. The library reads its
  /// setting when it is loaded, before `main`, so the program starts itself anew with it.
  static func limitSpinning() {
    #if os(Linux)
      // A value that the user set stands, and marks the second start.
      guard getenv(setting) == nil, getenv("OMP_WAIT_POLICY") == nil, let program = Bundle.main.executablePath else {
        return
      }
      setenv(setting, turns, 1)
      execv(program, CommandLine.unsafeArgv)
    // Where that is not possible, all goes on as it is.
    #endif
  }
}
