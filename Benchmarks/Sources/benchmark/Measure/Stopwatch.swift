#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Wall time and processor time since it was made.
struct Stopwatch {
  private let wallStart = Stopwatch.read(CLOCK_MONOTONIC)
  private let cpuStart = Stopwatch.read(CLOCK_PROCESS_CPUTIME_ID)

  /// Seconds since the start: on the wall, and of all threads of this process together.
  func elapsed() -> (wall: Double, cpu: Double) {
    (Stopwatch.read(CLOCK_MONOTONIC) - wallStart, Stopwatch.read(CLOCK_PROCESS_CPUTIME_ID) - cpuStart)
  }

  /// Processor seconds of all programs that this process started and that have ended, in steps of 10 ms.
  static func childrenSeconds() -> Double {
    var ticks = tms()
    times(&ticks)
    return Double(ticks.tms_cutime + ticks.tms_cstime) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
