internal import Foundation

/// Records as lines of JSON.
enum PairLines {
  /// A record as a line, with its end: the same bytes for the same record.
  static func line(_ record: PairRecord) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(record)) + [newline]
  }

  /// What a file of lines holds.
  struct Contents {
    var records: [PairRecord] = []
    /// Bytes up to the last whole line.
    var length = 0
  }

  /// Reads a file of lines.
  /// - Parameters:
  ///   - path: The file; one that is absent holds nothing.
  ///   - forgivesEnd: Passes over a last line that a killed program left half written. One that is whole ends with a
  ///     line feed and is JSON.
  /// - Throws: `DatasetError` that names file and line.
  static func read(_ path: String, forgivesEnd: Bool) throws -> Contents {
    guard FileManager.default.fileExists(atPath: path) else { return Contents() }
    let data: Data
    do {
      // Not mapped: another run may take a half-written line away meanwhile.
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw DatasetError(.manifest, "reading '\(path)': \(error.localizedDescription)")
    }
    let decoder = JSONDecoder()
    var contents = Contents()
    var (start, number) = (data.startIndex, 1)
    while start < data.endIndex {
      let end = data[start...].firstIndex(of: newline)
      let line = data[start..<(end ?? data.endIndex)]
      do {
        guard end != nil else { throw DatasetError(.manifest, "it is cut short") }
        let record = try decoder.decode(PairRecord.self, from: line)
        for file in record.files { try file.check() }
        contents.records.append(record)
      } catch {
        // Only the end of a file can be half written.
        if forgivesEnd, end.map({ $0 == data.endIndex - 1 }) ?? true { return contents }
        let reason = (error as? DecodingError)?.place ?? (error as? DatasetError)?.message ?? "\(error)"
        throw DatasetError(.manifest, "reading '\(path)', line \(number): \(reason)")
      }
      start = (end ?? data.endIndex) + 1
      contents.length = start - data.startIndex
      number += 1
    }
    return contents
  }

  private static let newline = UInt8(ascii: "\n")
}
