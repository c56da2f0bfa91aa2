/// What the user asks of a restoration.
public struct RestorationRequest: Sendable, Hashable {
  /// Network steps; nil takes the model's own number.
  public var steps: Int?
  /// Fixes everything random: initial noise and renoising.
  public var seed: UInt64
  /// Words on what the picture shows, where the system reads text.
  public var prompt: String?
  /// Words on what it shall not show, where the system reads text.
  public var negativePrompt: String?
  /// 1 stays closest to the low-quality picture, 0 gives the model most freedom; nil is the model's own balance.
  public var fidelity: Double?
  /// How colours are held to those of the low-quality picture.
  public var colorFix: ColorFix
  /// How the picture is cut.
  public var tile: TileChoice
  /// Bytes that a run may take; nil decides by what the machine has free.
  public var memory: Int?

  /// A request with the defaults.
  public init(
    steps: Int? = nil, seed: UInt64 = 0, prompt: String? = nil, negativePrompt: String? = nil, fidelity: Double? = nil,
    colorFix: ColorFix = .wavelet, tile: TileChoice = .automatic, memory: Int? = nil
  ) {
    self.steps = steps
    self.seed = seed
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.fidelity = fidelity
    self.colorFix = colorFix
    self.tile = tile
    self.memory = memory
  }
}

/// How a picture is cut into tiles.
public enum TileChoice: Sendable, Hashable {
  /// As large as memory allows; none where the picture fits.
  case automatic
  /// The whole picture at once.
  case off
  /// Tiles of this side, pixels of the output.
  case side(Int)
}
