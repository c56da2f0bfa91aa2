internal import Foundation

/// How the threads of one operation wait for one another.
enum ThreadWaiting {
  private static let setting = "OMP_WAIT_POLICY"

  /// Makes threads sleep while they wait.
  ///
  /// libgomp lets them spin for milliseconds, which is a little faster on an idle machine. Where another program wants one
  /// of the cores, the thread that is waited for then gets no time: a picture of 512×512 took 28 s instead of 1.5 s. The
  /// library reads its setting when it is loaded, before `main`, so the program starts itself anew with it.
  static func makePassive() {
    #if os(Linux)
      // A value that the user set stands, and marks the second start.
      guard getenv(setting) == nil, getenv("GOMP_SPINCOUNT") == nil, let program = Bundle.main.executablePath else {
        return
      }
      setenv(setting, "PASSIVE", 1)
      execv(program, CommandLine.unsafeArgv)
    // Where that is not possible, all goes on as it is.
    #endif
  }
}
