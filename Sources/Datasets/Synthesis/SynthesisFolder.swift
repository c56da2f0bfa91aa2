internal import Checkpoints
internal import Foundation

/// The folder of a data set of pairs while it is being made.
///
/// Each share of the seeds has a journal, `journal/NAME.jsonl`, to which a line is added once a picture's files are on the
/// disk. So a run that is killed loses one picture at most, and shares that were made on other machines are put together by
/// copying their folders into one.
struct SynthesisFolder {
  let path: String

  static let high = "hq"
  static let low = "lq"
  static let latents = "latents"
  /// Holds the same three folders for what was dropped.
  static let dropped = "dropped"
  static let journals = "journal"

  private static let kinds = [high, low, latents]

  func file(_ name: String) -> String { path + "/" + name }

  /// What a seed's files are called. Names sort by seed up to eight digits.
  static func stem(_ seed: UInt64) -> String {
    let digits = String(seed)
    return String(repeating: "0", count: max(8 - digits.count, 0)) + digits
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

  func makeFolder(_ name: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    } catch {
      throw DatasetError(.folder, "making the folder '\(file(name))': \(error.localizedDescription)")
    }
  }

  /// Writes a file that belongs to a picture, and answers what to record of it.
  func write(_ bytes: [UInt8], to name: String) throws -> PairFile {
    try AtomicFile.write(bytes, to: file(name))
    return PairFile(path: name, sha256: SHA256.hex(bytes), bytes: bytes.count)
  }

  // MARK: What is there

  /// The journals' paths, sorted.
  func journalPaths() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: file(Self.journals))) ?? []
    return names.filter { $0.hasSuffix(SynthesisJournal.ending) }.sorted().map { file(Self.journals + "/" + $0) }
  }

  /// Everything that is recorded, by seed.
  ///
  /// A journal's record takes the place of the manifest's: it is that of a picture that was lost and made anew.
  /// - Throws: `DatasetError` where two journals disagree about a seed.
  func records() throws -> [UInt64: PairRecord] {
    var journaled: [UInt64: (record: PairRecord, path: String)] = [:]
    for path in journalPaths() {
      for record in try PairLines.read(path, forgivesEnd: true).records {
        if let other = journaled[record.seed], other.path != path, other.record != record {
          throw DatasetError(
            .manifest,
            "putting the journals together: '\(other.path)' and '\(path)' have different pictures of seed \(record.seed); "
              + "delete that line in one of them")
        }
        journaled[record.seed] = (record, path)
      }
    }
    var records: [UInt64: PairRecord] = [:]
    for record in try PairLines.read(file(PairManifest.fileName), forgivesEnd: false).records {
      records[record.seed] = record
    }
    for (seed, entry) in journaled { records[seed] = entry.record }
    return records
  }

  /// Where a recorded file lies now; nil when it is nowhere.
  func place(of record: PairFile) -> String? {
    let parts = record.path.split(separator: "/")
    guard let name = parts.last, let kind = parts.dropLast().last else { return nil }
    return ["\(kind)/\(name)", "\(Self.dropped)/\(kind)/\(name)"].first(where: exists)
  }

  /// True when a picture need not be made: it is there, or it was decided that it is not needed.
  func isFinished(_ record: PairRecord) -> Bool {
    record.kept == false || record.hq == nil || record.files.allSatisfy { place(of: $0) != nil }
  }

  // MARK: Putting in order

  /// Removes what killed runs left half written of some seeds.
  func removeLeftovers(of seeds: Range<UInt64>) {
    for folder in Self.kinds {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? [] {
        guard name.hasPrefix("."), name.hasSuffix(AtomicFile.temporaryEnding) else { continue }
        guard let seed = UInt64(name.dropFirst().prefix { $0.isNumber }), seeds.contains(seed) else { continue }
        try? FileManager.default.removeItem(atPath: file(folder + "/" + name))
      }
    }
  }

  /// Removes what killed runs left half written of the folder's own files.
  func removeLeftovers() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      guard name.hasSuffix(AtomicFile.temporaryEnding),
        [PairManifest.fileName, PairDescription.fileName].contains(where: { name.hasPrefix(".\($0).") })
      else { continue }
      try? FileManager.default.removeItem(atPath: file(name))
    }
  }

  /// Puts a picture's files where its verdict says.
  /// - Returns: The record with its files' places; without files, and dropped, where they are gone.
  func placing(_ record: PairRecord) throws -> PairRecord {
    guard let kept = record.kept else { return record }
    var record = record
    guard record.files.allSatisfy({ place(of: $0) != nil }) else {
      record.flaws.append("its files are gone")
      record.reasons = kept ? record.flaws : record.reasons
      (record.hq, record.lq, record.latent, record.kept) = (nil, nil, nil, false)
      return record
    }
    for field in [\PairRecord.hq, \.lq, \.latent] {
      guard let entry = record[keyPath: field], let place = place(of: entry) else { continue }
      let kind = place.split(separator: "/").dropLast().last.map(String.init) ?? ""
      let folder = kept ? kind : Self.dropped + "/" + kind
      let wanted = "\(folder)/\(entry.name)"
      if wanted != place {
        try makeFolder(folder)
        guard rename(file(place), file(wanted)) == 0 else {
          throw DatasetError(
            .folder, "moving '\(file(place))' to '\(file(wanted))': \(String(cString: strerror(errno)))")
        }
      }
      record[keyPath: field]?.path = wanted
    }
    return record
  }

  /// Removes the journals: all that they say is in the manifest.
  func removeJournals() {
    for path in journalPaths() { try? FileManager.default.removeItem(atPath: path) }
    // Stays while something else is in it.
    rmdir(file(Self.journals))
    rmdir(file(Self.dropped))
  }
}
