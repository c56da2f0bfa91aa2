public import Priors
public import Torch

/// What Stable Diffusion XL is told of a prompt.
public struct SDXLConditioning {
  /// The text's tokens, the larger encoder's behind the smaller one's along the channels: `[B, 77, 2048]`.
  public let text: Context
  /// The larger encoder's pooled text, `[B, 1280]`, and the picture's sizes.
  public let added: AddedConditioning

  /// A prompt.
  /// - Parameters:
  ///   - text_BLD: Both encoders' penultimate states side by side.
  ///   - pooledText_BD: The larger encoder's pooled text, projected.
  ///   - sizes: What the picture is said to be.
  /// - Throws: `TorchError`.
  public init(text_BLD: Tensor, pooledText_BD: Tensor, sizes: SDXLSizes) throws(TorchError) {
    text = Context(text_BLD)
    added = AddedConditioning(
      pooledText_BD: pooledText_BD, sizes_B6: try sizes.sizes_B6(rows: text_BLD.size(0), device: text_BLD.device))
  }

  fileprivate init(_ parts: [SDXLConditioning]) throws(TorchError) {
    text = Context(try .concatenated(parts.map(\.text.tokens_BLD), axis: 0))
    added = AddedConditioning(
      pooledText_BD: try .concatenated(parts.map(\.added.pooledText_BD), axis: 0),
      sizes_B6: try .concatenated(parts.map(\.added.sizes_B6), axis: 0))
  }
}

/// The sizes that Stable Diffusion XL was told of its training pictures (Podell et al. 2023, section 2.2): a small original
/// means a blurred picture, a crop a cut-off subject.
public struct SDXLSizes: Sendable, Hashable {
  /// Height and width of the picture that was made smaller or larger, pixels.
  public var original: [Int]
  /// Rows and columns cut off at the top and at the left.
  public var crop = [0, 0]
  /// Height and width that were aimed at, pixels.
  public var target: [Int]

  /// Sizes, height before width.
  public init(original: [Int], crop: [Int] = [0, 0], target: [Int]) {
    self.original = original
    self.crop = crop
    self.target = target
  }

  /// A whole, square picture that was never resized.
  public static func square(_ side: Int) -> SDXLSizes { SDXLSizes(original: [side, side], target: [side, side]) }

  func sizes_B6(rows: Int, device: Device) throws(TorchError) -> Tensor {
    try Tensor((original + crop + target).map { Float($0) }, [1, 6]).to(device: device).expanded([rows, 6])
  }
}

/// The U-Net of Stable Diffusion XL.
public struct SDXLPrior: TextToImagePrior {
  /// The network.
  public let unet: UNet2DCondition
  /// What it predicts.
  public let parametrisation: Parametrisation
  /// What changes its features; nil leaves the network as it is.
  public var adapter: TileAdapter?

  /// A network.
  /// - Parameters:
  ///   - unet: The network.
  ///   - parametrisation: What it predicts.
  ///   - adapter: What changes its features.
  public init(_ unet: UNet2DCondition, parametrisation: Parametrisation = .epsilon, adapter: TileAdapter? = nil) {
    self.unet = unet
    self.parametrisation = parametrisation
    self.adapter = adapter
  }

  /// The conditioning of several rows.
  public func joined(_ parts: [SDXLConditioning]) throws -> SDXLConditioning { try SDXLConditioning(parts) }

  /// One pass.
  public func predict(
    _ input_BCHW: Tensor, at level: NoiseLevel, _ conditioning: SDXLConditioning, in tile: Tile
  ) throws -> Tensor {
    let timestep_B = try Tensor.full([input_BCHW.size(0)], level.timestep, device: input_BCHW.device)
    return try unet(
      input_BCHW, timestep_B: timestep_B,
      conditioning: UNetConditioning(text: conditioning.text, added: conditioning.added),
      adapter: try adapter?(tile)
    ).to(.float32).contiguous()
  }
}
