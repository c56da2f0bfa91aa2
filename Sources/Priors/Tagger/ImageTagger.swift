public import Checkpoints
public import Torch

/// The picture tagger RAM (Recognize Anything, Zhang et al. 2023): with DAPE's LoRA merged in, it recognises what a
/// degraded picture shows. SeeSR and AddSR make their prompt of its tags and show its tokens to their image transformers.
public struct ImageTagger {
  /// From a picture to tokens.
  public let encoder: TaggerEncoder
  /// From tokens to tags.
  public let decoder: TagDecoder

  /// Takes all parameters, under the names of the published checkpoint.
  public init(_ path: ParameterPath, _ config: TaggerConfig) throws {
    encoder = try TaggerEncoder(path, config)
    decoder = try TagDecoder(path, config)
  }

  /// The tags of each picture.
  /// - Parameters:
  ///   - tokens_BLD: What ``encoder`` made of the pictures.
  ///   - list: Names and thresholds of the tags.
  /// - Returns: For each picture the names in the list's order; none where no score exceeds its threshold.
  /// - Throws: `CheckpointError` for a list of another length than the decoder's, `TorchError` when scores are no numbers
  ///   or memory runs out.
  public func tags(_ tokens_BLD: Tensor, from list: TagList) throws -> [[String]] {
    guard list.names.count == decoder.tagCount else {
      throw CheckpointError(
        .mismatch,
        "tagging a picture: the list names \(list.names.count) tags, the tagger knows \(decoder.tagCount). "
          + "Take \(TagList.namesFile) and \(TagList.thresholdsFile) from where the tagger's weights came from")
    }
    let scores_BT = try decoder.logits(tokens_BLD).sigmoid()
    return try (0..<scores_BT.size(0)).map { row in
      let scores = try scores_BT.selected(0, row).floats()
      guard scores.allSatisfy(\.isFinite) else {
        throw TorchError(
          .operation, "tagging a picture: scores are no numbers, so the type overflowed; run the tagger in float32")
      }
      return list.tags(scores: scores)
    }
  }
}
