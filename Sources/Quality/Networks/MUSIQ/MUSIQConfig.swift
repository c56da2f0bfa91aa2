/// Sizes of a MUSIQ network. Fields of the JSON form that are absent have the published size.
public struct MUSIQConfig: Sendable, Decodable, Equatable {
  /// Side of a patch in pixels.
  public var patchSide = 32
  /// Numbers of the head: 1 is the score itself (KonIQ, SPAQ, PaQ-2-PiQ), more are the parts of each grade 1, 2, … (AVA: 10).
  public var grades = 1
  /// Width of a token.
  public var width = 384
  /// Width inside a block's perceptron.
  public var innerWidth = 1152
  /// Attention heads of a block.
  public var heads = 6
  /// The number of blocks.
  public var layers = 14
  /// Side of the grid that patches' places are counted on.
  public var gridSide = 10
  /// Longer sides of the pictures beside the one of the original size, in pixels.
  public var longerSides = [224, 384]

  enum CodingKeys: String, CodingKey {
    case patchSide = "patch_size"
    case grades = "num_class"
    case width = "hidden_size"
    case innerWidth = "mlp_dim"
    case heads = "num_heads"
    case layers = "num_layers"
    case gridSide = "spatial_pos_grid_size"
    case longerSides = "longer_side_lengths"
  }

  /// The published sizes, of KonIQ-10k's checkpoint.
  public init() {}

  /// Reads the JSON form.
  /// - Throws: `DecodingError`, also for sizes that make no network.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.patchSide, into: &patchSide)
    try read(.grades, into: &grades)
    try read(.width, into: &width)
    try read(.innerWidth, into: &innerWidth)
    try read(.heads, into: &heads)
    try read(.layers, into: &layers)
    try read(.gridSide, into: &gridSide)
    try read(.longerSides, into: &longerSides)
    let sizes = [patchSide, grades, width, innerWidth, heads, layers, gridSide] + longerSides
    // A patch shrinks to an eighth of its side and three pixels at the least fit a pool; the rest keeps products small.
    guard sizes.allSatisfy({ (1...1 << 16).contains($0) }), width % heads == 0, patchSide % 4 == 0, layers <= 256,
      longerSides.count <= 16
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "these sizes make no MUSIQ network: \(self)"))
    }
  }
}
