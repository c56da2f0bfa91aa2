/// What LoRA files may call the modules of a network.
///
/// Files of the kohya kind join a module's names by `_`, which names hold too. So nothing is parsed: every name that a
/// module could have is written down and looked up.
public struct LowRankNames: Sendable {
  /// Where a module of a file goes.
  struct Place: Sendable, Hashable {
    /// The weight's key in memory.
    let key: String
    /// Which rows of the file's `B` are this weight's; nil is all of them.
    let rows: Range<Int>?
    /// Whether the file holds the second half of the rows first.
    let swapsHalves: Bool
  }

  private var byModule: [String: [Place]] = [:]
  /// The same by names with `_` for dots.
  private var byJoinedModule: [String: [Place]] = [:]

  /// What stands before a module's name, in dotted names (diffusers, PEFT, ComfyUI) and in joined ones (kohya). A
  /// transformer's files use `lora_unet_` too.
  private static let dottedPrefixes = [
    "", "unet.", "transformer.", "base_model.model.", "diffusion_model.", "model.diffusion_model.",
  ]
  private static let joinedPrefixes = ["lora_unet_", "lora_transformer_"]

  /// The modules of a network, under the names in memory.
  /// - Parameter weights: The keys of its parameters; those that end in `.weight` name modules.
  public init(_ weights: some Sequence<String>) {
    for key in weights {
      guard let module = Self.module(of: key) else { continue }
      add(module, Place(key: key, rows: nil, swapsHalves: false))
    }
  }

  /// The same with a file's spelling of the modules beside that in memory: what kohya calls SDXL's modules.
  public func including(_ keyMap: KeyMap) -> LowRankNames {
    var names = self
    for place in Set(byModule.values.joined()) where place.rows == nil {
      guard let module = Self.module(of: place.key) else { continue }
      let stored = keyMap.stored(of: module)
      if stored != module { names.add(stored, place) }
    }
    return names
  }

  /// The same with modules of a file that hold several of those in memory: stacked projections.
  /// - Parameter origins: Where each parameter in memory stands in such a file.
  public func including(_ origins: [String: RenamedSource.Origin]) -> LowRankNames {
    var names = self
    let known = Set(byModule.values.joined().map(\.key))
    for (key, origin) in origins where known.contains(key) {
      guard let stored = Self.module(of: origin.key) else { continue }
      names.add(stored, Place(key: key, rows: origin.rows, swapsHalves: origin.change == .halvesSwapped))
    }
    return names
  }

  /// The places of a file's module; nil where the network has no such module.
  func places(of module: String) -> [Place]? {
    func find(_ prefixes: [String], in table: [String: [Place]]) -> [Place]? {
      prefixes.lazy.filter(module.hasPrefix).compactMap { table[String(module.dropFirst($0.count))] }.first
    }
    return find(Self.dottedPrefixes, in: byModule) ?? find(Self.joinedPrefixes, in: byJoinedModule)
  }

  private mutating func add(_ module: String, _ place: Place) {
    byModule[module, default: []].append(place)
    byJoinedModule[module.replacing(".", with: "_"), default: []].append(place)
  }

  private static func module(of key: String) -> String? {
    key.hasSuffix(".weight") ? String(key.dropLast(".weight".count)) : nil
  }
}
