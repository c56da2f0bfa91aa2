/// The printable spelling of bytes in the vocabularies of byte-level tokenizers (GPT-2, CLIP).
enum ByteAlphabet {
  /// The character of each byte: the byte's own code point where that is printable, else the next one from U+0100 on.
  static let symbols: [String] = {
    var spare: UInt32 = 0x100
    return (UInt32(0)...255).map { byte in
      var code = byte
      if ![33...126, 161...172, 174...255].contains(where: { $0.contains(byte) }) {
        code = spare
        spare += 1
      }
      return Unicode.Scalar(code).map { String($0) } ?? ""
    }
  }()
}
