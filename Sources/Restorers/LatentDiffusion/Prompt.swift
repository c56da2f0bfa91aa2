/// The sentence that a system is conditioned on: what the tagger found, what the user says, and what a good picture is.
struct Prompt: Sendable, Hashable {
  /// Words on quality that the system was tuned with.
  let quality: String
  /// What the picture shall not be when the user says nothing.
  let negative: String

  /// Tags first, as in the releases; what is empty leaves no comma behind.
  func text(tags: [String], user: String?) -> String {
    (tags + [user ?? "", quality]).map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0.isWhitespace || $0 == "," }.reversed().drop { $0.isWhitespace || $0 == "," }.reversed())
  }
}
