/// Byte-pair encoding of single words: pairs of neighbours are joined in the order in which a training joined them
/// (Sennrich et al. 2016, over bytes as in GPT-2).
struct BytePairEncoder: Sendable {
  /// What a pair of neighbours becomes.
  struct Join: Sendable {
    /// Position in the list of merges; lower goes first.
    let rank: Int32
    /// The joined symbol.
    let id: Int32
  }

  /// The symbol of each byte inside a word.
  let innerIDs: [Int32]
  /// The symbol of each byte at the end of a word.
  let finalIDs: [Int32]
  /// What neighbours become, by ``pair(_:_:)``.
  let joins: [UInt64: Join]

  /// Two neighbours as one key.
  static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The symbols of a word's UTF-8 bytes.
  func encode(_ word: [UInt8]) -> [Int32] {
    guard let last = word.last else { return [] }
    var symbols = word.dropLast().map { innerIDs[Int($0)] } + [finalIDs[Int(last)]]
    // A linked list over `symbols`, and a queue of possible joins: a long word without spaces stays n log n.
    var next = Array(1...symbols.count)
    var previous = Array(-1..<symbols.count - 1)
    var isGone = Array(repeating: false, count: symbols.count)
    var queue = MinimumHeap<Candidate>()
    func propose(_ position: Int) {
      guard position >= 0, next[position] < symbols.count,
        let join = joins[Self.pair(symbols[position], symbols[next[position]])]
      else { return }
      queue.insert(Candidate(rank: join.rank, position: Int32(position)))
    }
    for position in symbols.indices { propose(position) }
    while let candidate = queue.popMinimum() {
      let position = Int(candidate.position)
      let follower = next[position]
      // One of the two may have been joined with another neighbour in the meantime.
      guard !isGone[position], follower < symbols.count,
        let join = joins[Self.pair(symbols[position], symbols[follower])], join.rank == candidate.rank
      else { continue }
      symbols[position] = join.id
      isGone[follower] = true
      next[position] = next[follower]
      if next[position] < symbols.count { previous[next[position]] = position }
      propose(previous[position])
      propose(position)
    }
    return symbols.indices.filter { !isGone[$0] }.map { symbols[$0] }
  }

  /// A join that was possible when it was proposed. Of equal ranks the leftmost goes first.
  private struct Candidate: Comparable {
    let rank: Int32
    let position: Int32

    static func < (a: Candidate, b: Candidate) -> Bool {
      a.rank == b.rank ? a.position < b.position : a.rank < b.rank
    }
  }
}
