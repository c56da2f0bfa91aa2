/// The most probable division of a word into pieces (Kudo 2018), each with a logarithm of its probability, found by the
/// Viterbi algorithm.
struct UnigramEncoder: Sendable {
  /// An entry of the vocabulary that text can be divided into.
  struct Piece: Sendable {
    /// UTF-8, not empty.
    let bytes: [UInt8]
    /// The logarithm of its probability.
    let score: Double
    let id: Int32
  }

  /// A tree of the pieces' bytes: the node behind each node and byte, by ``step(_:_:)``. Node 0 is the root.
  private var nodes: [UInt64: Int32] = [:]
  /// The piece that ends at each node.
  private var ends: [Piece?] = [nil]
  private let unknownID: Int32
  private let unknownScore: Double

  /// How much less probable than the rarest piece an unknown character is; sentencepiece's number.
  private static let unknownPenalty = 10.0

  /// - Parameters:
  ///   - pieces: What text is divided into. Of pieces that are equal the first counts.
  ///   - unknownID: The id of what no piece covers.
  init(_ pieces: [Piece], unknownID: Int32) {
    self.unknownID = unknownID
    unknownScore = (pieces.lazy.map(\.score).min() ?? 0) - Self.unknownPenalty
    for piece in pieces {
      var node: Int32 = 0
      for byte in piece.bytes {
        let step = Self.step(node, byte)
        if let next = nodes[step] {
          node = next
        } else {
          node = Int32(ends.count)
          nodes[step] = node
          ends.append(nil)
        }
      }
      if ends[Int(node)] == nil { ends[Int(node)] = piece }
    }
  }

  private static func step(_ node: Int32, _ byte: UInt8) -> UInt64 { UInt64(node) << 8 | UInt64(byte) }

  /// The best division of what stands before a place.
  private struct Path {
    let score: Double
    /// Its last piece.
    let start: Int
    let id: Int32
  }

  /// The ids of the best division; unknown characters beside one another are one unknown piece.
  /// - Parameter word: UTF-8.
  func encode(_ word: [UInt8]) -> [Int32] {
    var best = [Path?](repeating: nil, count: word.count + 1)
    func propose(_ start: Int, _ end: Int, _ id: Int32, _ score: Double) {
      // Of equal paths the one that was found first stays.
      if let known = best[end], score <= known.score { return }
      best[end] = Path(score: score, start: start, id: id)
    }
    var start = 0
    while start < word.count {
      let score = best[start]?.score ?? 0
      let next = word[(start + 1)...].firstIndex { $0 & 0xc0 != 0x80 } ?? word.count
      var hasSingle = false
      var node: Int32 = 0
      for end in start + 1...word.count {
        guard let found = nodes[Self.step(node, word[end - 1])] else { break }
        node = found
        guard let piece = ends[Int(node)] else { continue }
        propose(start, end, piece.id, score + piece.score)
        if end == next { hasSingle = true }
      }
      if !hasSingle { propose(start, next, unknownID, score + unknownScore) }
      start = next
    }
    var ids: [Int32] = []
    var end = word.count
    while end > 0, let path = best[end] {
      if path.id != unknownID || ids.last != unknownID { ids.append(path.id) }
      end = path.start
    }
    return ids.reversed()
  }
}
