public import Torch

/// Two spellings of a network's keys: that of a file, and the one that Burnish's modules ask for (diffusers').
///
/// Entries name modules, not tensors: `input_blocks.1.0.in_layers.0` is `down_blocks.0.resnets.0.norm1`. A key takes the
/// entry of the longest module that it begins with, and what follows is the same in both spellings; so is a key without
/// an entry.
public struct KeyMap: Sendable {
  /// One module in both spellings.
  public struct Entry: Sendable, Hashable {
    /// In the file.
    public var stored: String
    /// In memory.
    public var name: String
    /// Axes of size 1 that the stored weight has at its end and the one in memory has not: 2 for a 1×1 convolution that is
    /// a linear layer here.
    public var unitAxes: Int

    /// A module in both spellings.
    public init(_ stored: String, _ name: String, unitAxes: Int = 0) {
      self.stored = stored
      self.name = name
      self.unitAxes = unitAxes
    }
  }

  private let byStored: [Substring: Entry]
  private let byName: [Substring: Entry]

  /// A map of entries. Of entries with the same spelling the last one counts.
  public init(_ entries: [Entry]) {
    byStored = Dictionary(entries.map { ($0.stored[...], $0) }) { $1 }
    byName = Dictionary(entries.map { ($0.name[...], $0) }) { $1 }
  }

  /// Every entry.
  public var entries: [Entry] { Array(byStored.values) }

  /// The name in memory of a stored key.
  public func name(of stored: String) -> String {
    guard let (entry, rest) = Self.find(stored, in: byStored) else { return stored }
    return entry.name + rest
  }

  /// The stored key of a name in memory.
  public func stored(of name: String) -> String {
    guard let (entry, rest) = Self.find(name, in: byName) else { return name }
    return entry.stored + rest
  }

  /// The stored sizes of a parameter, given its name and sizes in memory.
  public func storedShape(of name: String, _ shape: [Int]) -> [Int] {
    guard name.hasSuffix(".weight"), let (entry, _) = Self.find(name, in: byName) else { return shape }
    return shape + Array(repeating: 1, count: entry.unitAxes)
  }

  /// A file's parameters under the names in memory.
  /// - Parameters:
  ///   - base: The file's keys, without a prefix (see ``PrefixedSource``).
  ///   - dropping: Tells which keys of the file have no use and shall not be seen.
  public func reading(
    _ base: any ParameterSource, dropping: (String) -> Bool = { _ in false }
  ) -> RenamedSource {
    var origins: [String: RenamedSource.Origin] = [:]
    for key in base.keys {
      guard let (entry, rest) = Self.find(key, in: byStored) else { continue }
      origins[entry.name + rest] = .init(key, change: entry.unitAxes > 0 ? .withoutUnitAxes : nil)
    }
    return RenamedSource(base, origins, dropping: dropping)
  }

  /// Parameters under their names in memory, as they are to be stored: the other direction.
  public func writing(_ tensors: [String: Tensor]) throws(TorchError) -> [String: Tensor] {
    var stored: [String: Tensor] = [:]
    for (name, tensor) in tensors {
      let shape = storedShape(of: name, tensor.shape)
      stored[self.stored(of: name)] = shape == tensor.shape ? tensor : try tensor.reshaped(shape)
    }
    return stored
  }

  /// The same map for a network that stands under a module of its own, in both spellings.
  ///
  /// Keys under that module without an entry of their own follow it.
  public func under(stored: String, name: String) -> KeyMap {
    KeyMap(
      [Entry(stored, name)]
        + entries.map { Entry(stored + "." + $0.stored, name + "." + $0.name, unitAxes: $0.unitAxes) })
  }

  /// Both maps in one.
  public static func + (first: KeyMap, second: KeyMap) -> KeyMap { KeyMap(first.entries + second.entries) }

  /// The entry of the longest module that a key begins with, and what follows, from its dot on.
  private static func find(_ key: String, in entries: [Substring: Entry]) -> (Entry, Substring)? {
    var module = key[...]
    while true {
      if let entry = entries[module] { return (entry, key[module.endIndex...]) }
      guard let dot = module.lastIndex(of: ".") else { return nil }
      module = module[..<dot]
    }
  }
}
