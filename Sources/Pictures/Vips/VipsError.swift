internal import CVips
internal import Foundation

/// The text that libvips gathered since the last call, on one line.
///
/// libvips keeps one text for all threads, so that two failures at once may be told together.
func takeVipsError() -> String {
  guard let text = bv_error_take() else { return "no reason given" }
  defer { bv_free(text) }
  let lines = String(cString: text).split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
  var told: [String] = []
  for line in lines where !told.contains(line) { told.append(line) }
  return told.isEmpty ? "no reason given" : told.joined(separator: "; ")
}

/// A failed call of libvips, before it is known what it means to the user.
struct VipsFailure: Error {
  let text: String
}

/// Throws what libvips tells when a call did not return 0.
func checkVips(_ status: Int32) throws {
  guard status == 0 else { throw VipsFailure(text: takeVipsError()) }
}
