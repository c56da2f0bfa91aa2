/// How far a restoration is.
public struct SamplingProgress: Sendable, Hashable {
  /// What is being done.
  public struct Stage: Sendable, Hashable, CustomStringConvertible {
    /// The stage's name, as shown to the user.
    public let name: String

    /// A stage.
    /// - Parameter name: As shown to the user.
    public init(_ name: String) { self.name = name }

    /// The picture becomes a latent.
    public static let encode = Stage("encode")
    /// Tags and prompts are found.
    public static let condition = Stage("condition")
    /// The latent is denoised.
    public static let denoise = Stage("denoise")
    /// The latent becomes a picture.
    public static let decode = Stage("decode")
    /// Colours are brought back to those of the input.
    public static let colorFix = Stage("color fix")

    /// The name.
    public var description: String { name }
  }

  /// What is being done.
  public var stage: Stage
  /// Steps of the stage that are done.
  public var step: Int
  /// Steps of the stage.
  public var steps: Int
  /// Tiles of this step that are done.
  public var tile: Int
  /// Tiles of this step; 1 where nothing is tiled.
  public var tiles: Int

  /// A place in a restoration.
  /// - Parameters:
  ///   - stage: What is being done.
  ///   - step: Steps of the stage that are done.
  ///   - steps: Steps of the stage.
  ///   - tile: Tiles of this step that are done.
  ///   - tiles: Tiles of this step.
  public init(stage: Stage, step: Int, steps: Int, tile: Int = 0, tiles: Int = 1) {
    self.stage = stage
    self.step = step
    self.steps = steps
    self.tile = tile
    self.tiles = tiles
  }

  /// The part of the stage that is done, 0…1.
  public var fraction: Double {
    guard steps > 0 else { return 1 }
    let part = step < steps && tiles > 0 ? Double(tile) / Double(tiles) : 0
    return min((Double(step) + part) / Double(steps), 1)
  }
}
