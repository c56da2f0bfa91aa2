internal import Foundation

/// Reading `spiece.model`: sentencepiece's `ModelProto` (sentencepiece_model.proto). Of its fields, 1 are the pieces, 2 is
/// how they were trained and 3 how text is rewritten.
extension T5TokenizerModel {
  /// What a piece is for.
  private enum Kind: UInt64 {
    case normal = 1
    case unknown, control, userDefined, unused, byte
  }

  /// The sentinels `<extra_id_0>`, … that T5 has behind the pieces of its file, where no file says how many.
  private static let sentinels = 100
  private static let mostSentinels = 1 << 16

  init(sentencePiece bytes: [UInt8], _ folder: TokenizerFolder) throws(TokenizerError) {
    let file = Self.sentencePieceFile
    do {
      var entries: [Entry] = []
      var charsmap: ArraySlice<UInt8> = []
      var message = ProtobufReader(bytes[...])
      while let field = try message.next() {
        switch (field.number, field.value) {
        case (1, .bytes(let piece)): entries.append(try Entry(piece, number: entries.count))
        case (2, .bytes(let training)): try Self.check(training: training)
        case (3, .bytes(let rewriting)): charsmap = try Self.charsmap(rewriting)
        default: break
        }
      }
      guard !entries.isEmpty else { throw ProtobufReader.Flaw(reason: "it has no pieces") }
      guard let unknown = entries.firstIndex(where: { $0.kind == .unknown }) else {
        throw ProtobufReader.Flaw(reason: "it has no unknown piece")
      }
      self.init(normalizer: try PrecompiledNormalizer(charsmap), unknownID: unknown, count: entries.count)
      for (id, entry) in entries.enumerated() {
        switch entry.kind {
        case .normal: pieces.append(.init(bytes: Array(entry.text.utf8), score: entry.score, id: Int32(id)))
        case .unknown, .control, .userDefined: specials.append((entry.text, id))
        case .unused: break
        case .byte: throw ProtobufReader.Flaw(reason: "piece \(id) stands for a byte, which no piece of T5 does")
        }
      }
    } catch let flaw as ProtobufReader.Flaw {
      throw folder.flaw(file, flaw.reason)
    } catch let flaw as PrecompiledNormalizer.Flaw {
      throw folder.flaw(file, flaw.reason)
    } catch {
      throw folder.flaw(file, "\(error)")
    }
    try addSentinels(folder)
  }

  /// A piece as the file has it.
  private struct Entry {
    var text = ""
    var score = 0.0
    var kind = Kind.normal

    init(_ bytes: ArraySlice<UInt8>, number: Int) throws(ProtobufReader.Flaw) {
      var message = ProtobufReader(bytes)
      while let field = try message.next() {
        switch (field.number, field.value) {
        case (1, .bytes(let bytes)):
          guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ProtobufReader.Flaw(reason: "piece \(number) is not UTF-8 text")
          }
          self.text = text
        case (2, .fixed32(let bits)): score = Double(Float(bitPattern: bits))
        case (3, .varint(let value)):
          guard let kind = Kind(rawValue: value) else {
            throw ProtobufReader.Flaw(reason: "piece \(number) is of the unknown kind \(value)")
          }
          self.kind = kind
        default: break
        }
      }
      guard !text.isEmpty else { throw ProtobufReader.Flaw(reason: "piece \(number) is empty") }
      guard score.isFinite else { throw ProtobufReader.Flaw(reason: "the score of piece \(number) is \(score)") }
    }
  }

  /// `TrainerSpec`: field 3 is the kind of the model, of which 1 is the unigram.
  private static func check(training: ArraySlice<UInt8>) throws(ProtobufReader.Flaw) {
    var message = ProtobufReader(training)
    while let field = try message.next() {
      guard case (3, .varint(let kind)) = (field.number, field.value), kind != 1 else { continue }
      throw ProtobufReader.Flaw(reason: "its model is of sentencepiece's kind \(kind); T5 has a unigram model, kind 1")
    }
  }

  /// `NormalizerSpec`: field 2 is the map of characters; 3, 4 and 5 are the choices that T5 leaves on.
  private static func charsmap(_ rewriting: ArraySlice<UInt8>) throws(ProtobufReader.Flaw) -> ArraySlice<UInt8> {
    let choices: [UInt64: String] = [
      3: "add_dummy_prefix", 4: "remove_extra_whitespaces", 5: "escape_whitespaces",
    ]
    var charsmap: ArraySlice<UInt8> = []
    var message = ProtobufReader(rewriting)
    while let field = try message.next() {
      switch (field.number, field.value) {
      case (2, .bytes(let bytes)): charsmap = bytes
      case (let number, .varint(0)):
        guard let choice = choices[number] else { continue }
        throw ProtobufReader.Flaw(reason: "its \(choice) is off, which is another tokenizer than T5's")
      default: break
      }
    }
    return charsmap
  }

  /// Adds the sentinels, the last of which comes first; their number is that of `tokenizer_config.json`, if it is there.
  private mutating func addSentinels(_ folder: TokenizerFolder) throws(TokenizerError) {
    let file = "tokenizer_config.json"
    var number = Self.sentinels
    if let value = try folder.object(file)["extra_ids"], !(value is NSNull) {
      guard let said = value as? Int, (0...Self.mostSentinels).contains(said) else {
        throw folder.flaw(file, "extra_ids must be a whole number of at most \(Self.mostSentinels)")
      }
      number = said
    }
    // A model that was trained with them has them among its pieces.
    if specials.contains(where: { $0.spelling.hasPrefix("<extra_id_") }) { return }
    for sentinel in (0..<number).reversed() {
      specials.append(("<extra_id_\(sentinel)>", count))
      count += 1
    }
  }
}
