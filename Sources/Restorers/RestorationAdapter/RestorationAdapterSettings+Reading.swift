public import Checkpoints
internal import Foundation

extension RestorationAdapterSettings: Decodable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case steps
    case guidance
    case solver
    case adapterScale = "adapter_scale"
    case sampling = "restoration_sampling"
    case prompt
    case negativePrompt = "negative_prompt"
    case degradationWords = "degradation_words"
    case toldSide = "told_side"
    case usesT5 = "t5"
    case adapterPath = "adapter"
    case basePath = "base"
  }

  /// The key of a decoder's `userInfo` under which the settings stand whose values are kept for keys that are absent.
  static let defaultsKey: CodingUserInfoKey? = CodingUserInfoKey(rawValue: "defaults")

  /// Reads the settings of a model's folder.
  /// - Parameters:
  ///   - folder: The folder; without a settings file in it the defaults stand.
  ///   - defaults: What keys that are absent keep.
  /// - Throws: `CheckpointError` that names the file, the key and what is wrong with it.
  public static func read(
    folder: String, defaults: RestorationAdapterSettings
  ) throws(CheckpointError) -> RestorationAdapterSettings {
    let path = folder + "/" + fileName
    guard let data = FileManager.default.contents(atPath: path) else { return defaults }
    let decoder = JSONDecoder()
    if let key = defaultsKey { decoder.userInfo[key] = defaults }
    do {
      return try decoder.decode(Self.self, from: data)
    } catch {
      throw CheckpointError(.malformed, "Could not read '\(path)': \(ConfigFile.reason(error)).")
    }
  }

  /// Reads the keys of a settings file; those that are absent keep the defaults.
  /// - Throws: `DecodingError` for a key that is not known, a value of another type, and one out of range.
  public init(from decoder: any Decoder) throws {
    let defaults = Self.defaultsKey.flatMap { decoder.userInfo[$0] as? RestorationAdapterSettings }
    self = defaults ?? RestorationAdapterSettings(steps: 50)
    let known = CodingKeys.allCases.map(\.rawValue)
    let all = try decoder.container(keyedBy: AnyKey.self)
    func refuse(_ key: String, _ message: String) -> DecodingError {
      .dataCorrupted(.init(codingPath: decoder.codingPath + [AnyKey(stringValue: key)], debugDescription: message))
    }
    if let stranger = all.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
      throw refuse(stranger, "no such setting; there are \(known.joined(separator: ", "))")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(
      _ key: CodingKeys, into field: inout Value, _ accepts: (Value) -> Bool = { _ in true }, _ range: String = ""
    ) throws {
      guard let value = try values.decodeIfPresent(Value.self, forKey: key) else { return }
      guard accepts(value) else { throw refuse(key.rawValue, "\(value) is out of range; it takes \(range)") }
      field = value
    }
    try read(.steps, into: &steps, { (1...1000).contains($0) }, "1 to 1000")
    try read(.guidance, into: &guidance, { $0.isFinite && (0...100).contains($0) }, "0 to 100")
    if let name = try values.decodeIfPresent(String.self, forKey: .solver) {
      guard let known = Solver(rawValue: name) else {
        let names = Solver.allCases.map { "'\($0.rawValue)'" }.joined(separator: " and ")
        throw refuse(CodingKeys.solver.rawValue, "'\(name)' is not known; there are \(names)")
      }
      solver = known
    }
    try read(.adapterScale, into: &adapterScale, { $0.isFinite && (0...10).contains($0) }, "0 to 10")
    if values.contains(.sampling) {
      try readSampling(
        try values.nestedContainer(keyedBy: RestorationSampling.Settings.CodingKeys.self, forKey: .sampling))
    }
    try read(.prompt, into: &prompt)
    negativePrompt = try values.decodeIfPresent(String.self, forKey: .negativePrompt) ?? negativePrompt
    try read(.degradationWords, into: &degradationWords)
    try read(.toldSide, into: &toldSide, { (64...16384).contains($0) }, "64 to 16384")
    try read(.usesT5, into: &usesT5)
    adapterPath = try values.decodeIfPresent(String.self, forKey: .adapterPath) ?? adapterPath
    basePath = try values.decodeIfPresent(String.self, forKey: .basePath) ?? basePath
  }

  /// Restoration sampling: keys that are absent keep the defaults.
  private mutating func readSampling(
    _ values: KeyedDecodingContainer<RestorationSampling.Settings.CodingKeys>
  ) throws {
    func read<Value: Decodable>(
      _ key: RestorationSampling.Settings.CodingKeys, into field: inout Value, _ range: Range<Double>? = nil
    ) throws {
      guard let value = try values.decodeIfPresent(Value.self, forKey: key) else { return }
      if let range, let number = value as? Double, !range.contains(number) {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "\(number) is out of range; it takes 0 to \(range.upperBound)")
      }
      field = value
    }
    // The weight may be 1, the break point may not.
    try read(.weight, into: &sampling.weight, 0..<1.0.nextUp)
    try read(.breakPoint, into: &sampling.breakPoint, 0..<1)
    try read(.target, into: &sampling.target)
    try read(.progress, into: &sampling.progress)
  }

  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
