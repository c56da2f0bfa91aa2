extension UNetConfig {
  /// The width of RAM's tokens, which SeeSR's constructor has as a default, so that its published file does not say it.
  private static let publishedWidth = 512

  private enum PublishedKey: String, CodingKey {
    case isUsed = "use_image_cross_attention"
    case width = "image_cross_attention_dim"
  }

  /// Whether there are image transformers, and how wide the tokens are that they look at.
  /// - Returns: nil where the published flag is false, or where neither flag nor width is there.
  static func imageCrossAttentionWidth(_ decoder: any Decoder) throws -> Int? {
    let values = try decoder.container(keyedBy: PublishedKey.self)
    let width = try values.decodeIfPresent(Int.self, forKey: .width)
    switch try values.decodeIfPresent(Bool.self, forKey: .isUsed) {
    case true?: return width ?? publishedWidth
    case false?: return nil
    case nil: return width
    }
  }
}
