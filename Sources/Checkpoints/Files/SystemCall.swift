#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Repeats a system call that a signal interrupted.
/// - Parameter body: The call, which answers a negative number on failure.
/// - Returns: What the call answered in the end; when negative, `errno` says why.
func retryingInterrupts<Number: SignedInteger>(_ body: () -> Number) -> Number {
  while true {
    let result = body()
    if result >= 0 || errno != EINTR { return result }
  }
}

/// The system's words for the last failed call of this thread.
func lastSystemError() -> String { String(cString: strerror(errno)) }
