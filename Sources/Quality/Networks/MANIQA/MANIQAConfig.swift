/// Sizes of a MANIQA network. Fields of the JSON form that are absent have the published size.
public struct MANIQAConfig: Sendable, Decodable, Equatable {
  /// Sizes of the vision transformer.
  public struct Transformer: Sendable, Decodable, Equatable {
    /// Side of a patch in pixels.
    public var patchSide = 8
    /// Width of a token.
    public var width = 768
    /// Attention heads of a block.
    public var heads = 12

    enum CodingKeys: String, CodingKey {
      case patchSide = "patch_size"
      case width = "embed_dim"
      case heads = "num_heads"
    }

    /// ViT-B/8.
    public init() {}

    /// Reads the JSON form.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      patchSide = try values.decodeIfPresent(Int.self, forKey: .patchSide) ?? patchSide
      width = try values.decodeIfPresent(Int.self, forKey: .width) ?? width
      heads = try values.decodeIfPresent(Int.self, forKey: .heads) ?? heads
    }
  }

  /// The vision transformer, of which blocks 0 … 9 are used.
  public var transformer = Transformer()
  /// Width of the first stage; the second has half of it.
  public var width = 768
  /// Swin blocks of each layer of a stage.
  public var depths = [2, 2]
  /// Side of a window in tokens.
  public var window = 4
  /// Width inside a Swin block's perceptron, the same in both stages.
  public var innerWidth = 768
  /// Attention heads of each layer of a stage.
  public var heads = [4, 4]
  /// Side of a crop in pixels.
  public var side = 224
  /// Transposed attention blocks before each stage.
  public var transposedBlocks = 2
  /// What a layer's result is multiplied with before it is added: 0.8 (KonIQ, KADID) or 0.13 (PIPAL).
  public var scale = 0.8
  /// Crops of a picture.
  public var crops = 20

  enum CodingKeys: String, CodingKey {
    case transformer = "vit"
    case width = "embed_dim"
    case depths
    case window = "window_size"
    case innerWidth = "dim_mlp"
    case heads = "num_heads"
    case side = "img_size"
    case transposedBlocks = "num_tab"
    case scale
    case crops = "test_sample"
  }

  /// The published sizes.
  /// - Parameter scale: What a layer's result is multiplied with.
  public init(scale: Double = 0.8) { self.scale = scale }

  /// Reads the JSON form.
  /// - Throws: `DecodingError`, also for sizes that make no network.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.transformer, into: &transformer)
    try read(.width, into: &width)
    try read(.depths, into: &depths)
    try read(.window, into: &window)
    try read(.innerWidth, into: &innerWidth)
    try read(.heads, into: &heads)
    try read(.side, into: &side)
    try read(.transposedBlocks, into: &transposedBlocks)
    try read(.scale, into: &scale)
    try read(.crops, into: &crops)
    let sizes = [transformer.patchSide, transformer.width, transformer.heads, width, window, innerWidth, side, crops]
    guard (sizes + depths + heads).allSatisfy({ (1...1 << 16).contains($0) }), (0...64).contains(transposedBlocks),
      side % transformer.patchSide == 0, tokenSide % window == 0 || tokenSide < window,
      transformer.width % transformer.heads == 0, width % 2 == 0, depths.count == heads.count, depths.count <= 16,
      heads.allSatisfy({ width / 2 % $0 == 0 }), scale.isFinite
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "these sizes make no MANIQA network: \(self)"))
    }
  }

  /// Tokens along each side of a crop.
  var tokenSide: Int { side / transformer.patchSide }
}
