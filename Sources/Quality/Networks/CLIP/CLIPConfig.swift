/// Sizes of a CLIP model with a ResNet. Fields of the JSON form that are absent have RN50's size.
public struct CLIPConfig: Sendable, Decodable, Equatable {
  /// Width of the space where pictures and texts meet.
  public var width = 1024
  /// Side of the pictures that the model was trained on: it gives the size of the position embedding alone.
  public var pictureSide = 224
  /// Blocks of each of the picture tower's four stages.
  public var stages = [3, 4, 6, 3]
  /// Width of the picture tower's first stage.
  public var pictureWidth = 64
  /// Tokens of a text.
  public var contextLength = 77
  /// Rows of the token table.
  public var vocabularySize = 49408
  /// Width of the text tower.
  public var textWidth = 512
  /// Attention heads of the text tower.
  public var textHeads = 8
  /// Blocks of the text tower.
  public var textLayers = 12

  enum CodingKeys: String, CodingKey {
    case width = "embed_dim"
    case pictureSide = "image_resolution"
    case stages = "vision_layers"
    case pictureWidth = "vision_width"
    case contextLength = "context_length"
    case vocabularySize = "vocab_size"
    case textWidth = "transformer_width"
    case textHeads = "transformer_heads"
    case textLayers = "transformer_layers"
  }

  /// RN50's sizes.
  public init() {}

  /// Reads the JSON form.
  /// - Throws: `DecodingError`, also for sizes that make no model.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(_ key: CodingKeys, into field: inout Value) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { field = value }
    }
    try read(.width, into: &width)
    try read(.pictureSide, into: &pictureSide)
    try read(.stages, into: &stages)
    try read(.pictureWidth, into: &pictureWidth)
    try read(.contextLength, into: &contextLength)
    try read(.vocabularySize, into: &vocabularySize)
    try read(.textWidth, into: &textWidth)
    try read(.textHeads, into: &textHeads)
    try read(.textLayers, into: &textLayers)
    let sizes = [width, pictureSide, pictureWidth, contextLength, vocabularySize, textWidth, textHeads, textLayers]
    guard (sizes + stages).allSatisfy({ (1...1 << 20).contains($0) }), textWidth % textHeads == 0, stages.count == 4,
      pictureWidth % 2 == 0, pictureWidth <= 1 << 12, featureWidth % pictureHeads == 0
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "these sizes make no CLIP model: \(self)"))
    }
  }

  /// Channels behind the picture tower's last stage.
  var featureWidth: Int { pictureWidth * 32 }
  /// Heads of 64 channels.
  var pictureHeads: Int { max(featureWidth / 64, 1) }
  /// Places of a picture of the trained size, which the tower makes 32 times smaller.
  var placeCount: Int { (pictureSide / 32) * (pictureSide / 32) }
}
