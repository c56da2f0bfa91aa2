/// What a file is by its first bytes, whatever it is called.
enum CheckpointFormat {
  /// PyTorch's format since 1.6.
  case zip
  /// PyTorch's format before.
  case pickle
  /// PyTorch's first format.
  case tar
  case safetensors
  /// What a browser or a failing server answers instead of a file.
  case webPage
  /// What Git checks out in the place of a large file.
  case gitPointer
  case empty

  /// nil for everything else.
  init?(_ file: UnsafeRawBufferPointer) {
    func begins(_ text: String) -> Bool { file.prefix(text.utf8.count).elementsEqual(text.utf8) }
    if file.isEmpty {
      self = .empty
    } else if begins("PK\u{3}\u{4}") || begins("PK\u{5}\u{6}") {
      self = .zip
    } else if file.count > 8, file[8] == UInt8(ascii: "{"), file[4..<8].allSatisfy({ $0 == 0 }) {
      // Before pickles: a header of 640 bytes begins as a pickle of protocol 2 does.
      self = .safetensors
    } else if file.count > 1, file[0] == 0x80, (2...5).contains(file[1]) {
      self = .pickle
    } else if begins("L119547037146038801333356L") {
      self = .pickle
    } else if file.count >= 262, file[257..<262].elementsEqual("ustar".utf8) {
      self = .tar
    } else if begins("version https://git-lfs") {
      self = .gitPointer
    } else if Self.isWebPage(file) {
      self = .webPage
    } else {
      return nil
    }
  }

  private static func isWebPage(_ file: UnsafeRawBufferPointer) -> Bool {
    let start = String(decoding: file.prefix(512), as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{feff}" }
    let word = start.prefix(9).lowercased()
    return ["<!doctype", "<html", "<?xml", "<head"].contains { word.hasPrefix($0) }
  }
}
