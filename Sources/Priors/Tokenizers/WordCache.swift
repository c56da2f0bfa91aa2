internal import Synchronization

/// The symbols of words that were encoded before. Prompts repeat their words.
final class WordCache: Sendable {
  // By bytes: Swift takes strings for equal that differ in their bytes (é as one code point and as two).
  private let known = Mutex<[[UInt8]: [Int32]]>([:])

  /// A prompt has dozens of words; a dataset's captions some ten thousand.
  private static let capacity = 32_768
  /// Longer words hardly come again.
  private static let longestWord = 64

  /// The symbols of a word, from `encode` when it is new.
  func symbols(of word: [UInt8], _ encode: ([UInt8]) -> [Int32]) -> [Int32] {
    guard word.count <= Self.longestWord else { return encode(word) }
    if let found = known.withLock({ $0[word] }) { return found }
    let symbols = encode(word)
    known.withLock {
      if $0.count >= Self.capacity { $0.removeAll(keepingCapacity: true) }
      $0[word] = symbols
    }
    return symbols
  }
}
