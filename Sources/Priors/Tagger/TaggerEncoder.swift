public import Checkpoints
internal import Layers
public import Torch

/// The tagger's eye: from a picture to the tokens that image transformers and the tag decoder look at.
///
/// Self-refinement asks for tokens again and again, and never for tags: it can keep this part alone.
public struct TaggerEncoder {
  private let tower: SwinTransformer  // visual_encoder
  private let projection: Linear  // image_proj
  /// Side of the square picture that the tower is given.
  public let imageSide: Int

  /// Takes `visual_encoder` and `image_proj`.
  public init(_ path: ParameterPath, _ config: TaggerConfig) throws {
    tower = try SwinTransformer(path / "visual_encoder", config)
    projection = try Linear(path / "image_proj", in: config.visionWidth, out: config.imageEmbedWidth)
    imageSide = config.imageSide
  }

  /// The tower's features of normalised pictures.
  /// - Parameter image_BCHW: As ``TaggerPicture`` makes them.
  /// - Returns: `[B, 1 + tokens, width]`, the mean of all tokens first.
  public func features(_ image_BCHW: Tensor) throws(TorchError) -> Tensor { try tower(image_BCHW) }

  /// The tokens of features.
  /// - Returns: `[B, L, D]`, in the network's type; no norm follows.
  public func tokens(features_BLC: Tensor) throws(TorchError) -> Tensor { try projection(features_BLC) }

  /// The tokens of pictures of any size.
  /// - Parameters:
  ///   - picture_BCHW: `[B, 3, H, W]`, RGB, 0…1: the low-quality picture before it was enlarged, or what self-refinement
  ///     looks at.
  ///   - resampling: How it is brought to the tower's size.
  /// - Returns: `[B, L, D]`: 145 tokens of width 512 in the published size, in the network's type.
  /// - Throws: `TorchError` for a picture without three channels, and when memory runs out.
  public func tokens(of picture_BCHW: Tensor, resampling: TaggerResampling) throws(TorchError) -> Tensor {
    try tokens(
      features_BLC: features(TaggerPicture.normalised(picture_BCHW, side: imageSide, resampling: resampling)))
  }

  /// The maps that the tower's stages leave, of pictures of any size.
  /// - Parameters:
  ///   - picture_BCHW: `[B, 3, H, W]`, RGB, 0…1.
  ///   - resampling: How it is brought to the tower's size.
  /// - Returns: BCHW each, finest first, in the network's type.
  /// - Throws: `TorchError` for a picture without three channels, and when memory runs out.
  public func stageMaps(of picture_BCHW: Tensor, resampling: TaggerResampling) throws(TorchError) -> [Tensor] {
    try tower.stageMaps(TaggerPicture.normalised(picture_BCHW, side: imageSide, resampling: resampling))
  }
}
