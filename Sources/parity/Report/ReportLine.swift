/// What is said of one file.
struct ReportLine {
  /// The line on standard output.
  let text: String
  /// Lines on standard error.
  let notes: [String]
  let passed: Bool
}
