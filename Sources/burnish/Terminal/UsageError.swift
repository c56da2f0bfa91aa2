/// A wrong use of the command line that only shows once work has begun; the exit code is that of wrong usage.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
