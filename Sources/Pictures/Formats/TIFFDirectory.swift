internal import Foundation

/// The first directory of a classic TIFF structure, which EXIF is too (TIFF 6.0, section 2).
struct TIFFDirectory {
  /// A field: what it means, and where its values stand.
  private struct Entry {
    var type: Int
    var count: Int
    var at: Int
  }

  private let bytes: Data
  private let isLittle: Bool
  private var entries: [Int: Entry] = [:]

  /// Whether the directory begins or runs beyond the bytes.
  private(set) var isCutShort = false

  /// - Parameter bytes: the structure, or its beginning; nil comes back when they do not begin as a classic TIFF does.
  init?(_ bytes: [UInt8]) { self.init(Data(bytes)) }

  /// As above; the first index is 0.
  init?(_ bytes: Data) {
    guard bytes.starts(with: [0x49, 0x49, 42, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 42]) else { return nil }
    self.bytes = bytes
    isLittle = bytes[0] == 0x49
    guard let start = number(4, 4), let count = number(start, 2) else {
      isCutShort = true
      return
    }
    for at in (0..<count).map({ start + 2 + 12 * $0 }) {
      guard let tag = number(at, 2), let type = number(at + 2, 2), let length = number(at + 4, 4),
        let value = number(at + 8, 4)
      else {
        isCutShort = true
        return
      }
      let isInline = length * Self.size(of: type) <= 4
      entries[tag] = Entry(type: type, count: length, at: isInline ? at + 8 : value)
    }
  }

  /// How many fields were found.
  var count: Int { entries.count }

  func has(_ tag: Int) -> Bool { entries[tag] != nil }

  /// The whole-number values of a field; nil where there is none or where they lie beyond the bytes.
  func values(_ tag: Int) -> [Int]? {
    guard let entry = entries[tag] else { return nil }
    let size = Self.size(of: entry.type)
    guard size > 0, entry.count <= bytes.count / size, entry.at + entry.count * size <= bytes.count else { return nil }
    return (0..<entry.count).compactMap { number(entry.at + $0 * size, size) }
  }

  /// The size of whole-number types: byte, short, long; 0 for others.
  private static func size(of type: Int) -> Int { [1: 1, 3: 2, 4: 4][type] ?? 0 }

  private func number(_ at: Int, _ count: Int) -> Int? {
    guard at >= 0, at <= bytes.count - count else { return nil }
    let part = bytes[at..<at + count]
    return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
  }
}
