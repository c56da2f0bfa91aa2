public import Torch

/// A restoration system: takes the enlarged low-quality picture and answers the restored one.
///
/// Enlarging, padding, colour fix and resizing to the wanted size are the pipeline's, the same for every system.
public protocol Restorer {
  /// The factor by which the model was trained to enlarge.
  var scale: Int { get }

  /// A picture's sides must be multiples of this; the pipeline pads.
  var sideMultiple: Int { get }

  /// The longest side of tiles, pixels of the output, that the networks do well on. Users may ask for others.
  var largestTile: Int { get }

  /// Steps when the request names none.
  var defaultSteps: Int { get }

  /// The largest number of steps that the model knows; asking for more is an error.
  var stepLimit: Int { get }

  /// True when the system reads ``RestorationRequest/prompt`` and ``RestorationRequest/negativePrompt``.
  var readsPrompt: Bool { get }

  /// What the user should know of the model before a run.
  var warnings: [String] { get }

  /// What a run takes, to choose tiles before the start and to estimate.
  var footprint: Footprint { get }

  /// Checks the parts that are loaded with each picture only; the others were checked when the system was loaded.
  /// - Throws: What is wrong with them, naming the file.
  func verify() throws

  /// Restores a picture.
  /// - Parameters:
  ///   - input: The picture, already at output size.
  ///   - request: What the user asked for.
  ///   - tile: Side of the tiles in pixels; nil handles the whole picture at once.
  ///   - monitor: Told of progress, asked for cancellation.
  /// - Returns: `[1, 3, H, W]`; values may leave 0…1 a little.
  /// - Throws: `TorchError` (out of memory: come back with a smaller tile), `RestorationError`.
  func restore(_ input: RestorationInput, _ request: RestorationRequest, tile: Int?, monitor: RestorationMonitor) throws
    -> Tensor
}

extension Restorer {
  /// Beyond that, tiles gain nothing on any device that was measured.
  public var largestTile: Int { MemoryPlan.largestTile }

  /// Most small systems have no text encoder.
  public var readsPrompt: Bool { false }

  /// Most models have nothing to be said of them.
  public var warnings: [String] { [] }

  /// Most systems load all that they have at once.
  public func verify() throws {}
}

/// How memory grows with the picture and the tile.
public struct Footprint: Sendable, Hashable {
  /// Bytes that are there before any picture: weights and libtorch itself.
  public let fixed: Int
  /// Bytes for each pixel of the output, whatever the tile.
  public let perPixel: Int
  /// Bytes for each pixel of a tile in work.
  public let perTilePixel: Int

  /// A footprint, in bytes.
  public init(fixed: Int, perPixel: Int, perTilePixel: Int) {
    self.fixed = fixed
    self.perPixel = perPixel
    self.perTilePixel = perTilePixel
  }

  /// Bytes of a run at the peak.
  public func bytes(pixels: Int, tilePixels: Int) -> Int {
    fixed + perPixel * pixels + perTilePixel * min(tilePixels, pixels)
  }
}
