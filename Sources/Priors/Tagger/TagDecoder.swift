public import Checkpoints
internal import Layers
public import Torch

/// Decides for each tag whether a picture shows it (RAM's tagging head, after Query2Label, Liu et al. 2021).
public struct TagDecoder {
  private let layers: [TagDecoderLayer]  // tagging_head.encoder.layer
  private let classifier: Linear  // fc
  /// Each tag's query: `label_embed` through `wordvec_proj` and ReLU, which no picture changes.
  private let queries_1TD: Tensor

  /// Takes `tagging_head`, `wordvec_proj`, `label_embed` and `fc`.
  public init(_ path: ParameterPath, _ config: TaggerConfig) throws {
    let (width, imageWidth) = (config.decoder.width, config.imageEmbedWidth)
    layers = try (0..<config.decoder.layers).map {
      try TagDecoderLayer(
        path / "tagging_head" / "encoder" / "layer" / $0, config.decoder, imageWidth: imageWidth)
    }
    classifier = try Linear(path / "fc", in: width, out: 1)
    let words = try Linear(path / "wordvec_proj", in: imageWidth, out: width)
    let labels_TE = try path.take("label_embed", [config.tagCount, imageWidth], .normal(1))
    let parameters = [labels_TE, words.weight] + [words.bias].compactMap(\.self)
    queries_1TD = try derived(from: parameters, shape: [1, config.tagCount, width]) {
      try words(labels_TE).relu().unsqueezed(0)
    }
  }

  /// The number of tags.
  public var tagCount: Int { queries_1TD.size(1) }

  /// How sure the decoder is of each tag.
  /// - Parameter image_BLD: What ``TaggerEncoder`` answers.
  /// - Returns: `[B, tags]`, float32; a sigmoid makes scores of 0…1 of them.
  public func logits(_ image_BLD: Tensor) throws(TorchError) -> Tensor {
    let image_BLD = try image_BLD.to(queries_1TD.dtype)
    var tags_BTD = queries_1TD
    for layer in layers { tags_BTD = try layer(tags_BTD, image: image_BLD) }
    return try classifier(tags_BTD).squeezed(2).to(.float32)
  }
}
