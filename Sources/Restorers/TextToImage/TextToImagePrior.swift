public import Priors
public import Torch

/// The network of a text-to-image model as a run sees it: rows of a noisy latent go in, each under a prompt of its own.
public protocol TextToImagePrior {
  /// What the network is told of a text.
  associatedtype Conditioning

  /// What the network predicts.
  var parametrisation: Parametrisation { get }

  /// The conditioning of several rows: those of the parts, one behind the other.
  /// - Throws: `TorchError` for parts that do not go together.
  func joined(_ parts: [Conditioning]) throws -> Conditioning

  /// One pass.
  /// - Parameters:
  ///   - input_BCHW: The noisy latent, scaled as the network wants it.
  ///   - level: Its noise level, the same for all rows.
  ///   - conditioning: A row for each of the latent's.
  ///   - tile: Where the latent lies on the canvas, in latent pixels; what belongs to places is cropped to it.
  /// - Returns: The prediction, BCHW float32.
  /// - Throws: `TorchError`, also when memory runs out.
  func predict(_ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: Conditioning, in tile: Tile) throws -> Tensor
}

/// Makes what changes a network's features in a pass: what steers it lies on the canvas, so each tile has its own.
/// - Parameter tile: Where the latent lies, in latent pixels.
public typealias TileAdapter = (_ tile: Tile) throws -> any FeatureAdapter
