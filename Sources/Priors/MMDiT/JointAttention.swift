internal import Checkpoints
internal import Layers
internal import Torch

/// Attention of the picture's and the text's tokens over both, each with projections of its own.
struct JointAttention {
  private let picture: HeadProjection  // to_q, to_k, to_v, norm_q, norm_k
  private let text: HeadProjection  // add_q_proj, add_k_proj, add_v_proj, norm_added_q, norm_added_k
  private let pictureOutput: Linear  // to_out.0
  private let textOutput: Linear?  // to_add_out

  /// Takes the attention's parameters.
  /// - Parameter answersText: Whether the text's tokens go on; the last block reads them only.
  init(_ path: ParameterPath, _ config: SD3TransformerConfig, answersText: Bool) throws {
    func projection(_ names: HeadProjection.Names) throws -> HeadProjection {
      try HeadProjection(
        path, names, width: config.width, heads: config.headCount, normalises: config.normalisesHeads)
    }
    picture = try projection(.own)
    text = try projection(.added)
    pictureOutput = try Linear(path / "to_out" / 0, in: config.width, out: config.width)
    textOutput = answersText ? try Linear(path / "to_add_out", in: config.width, out: config.width) : nil
  }

  /// - Parameters:
  ///   - picture_BLD: The picture's tokens.
  ///   - text_BTD: The text's tokens.
  /// - Returns: The same shapes; no text where it does not go on.
  func callAsFunction(
    picture picture_BLD: Tensor, text text_BTD: Tensor
  ) throws(TorchError) -> (picture_BLD: Tensor, text_BTD: Tensor?) {
    let mixed = try picture(picture_BLD).followed(by: try text(text_BTD)).attended()
    let (length, textLength) = (picture_BLD.size(1), text_BTD.size(1))
    return (
      try pictureOutput(try mixed.narrowed(1, from: 0, length: length)),
      try textOutput.map { layer throws(TorchError) in
        try layer(try mixed.narrowed(1, from: length, length: textLength))
      }
    )
  }
}

/// Attention of the picture's tokens to themselves alone.
struct PictureAttention {
  private let projection: HeadProjection  // to_q, to_k, to_v, norm_q, norm_k
  private let output: Linear  // to_out.0

  init(_ path: ParameterPath, _ config: SD3TransformerConfig) throws {
    projection = try HeadProjection(
      path, .own, width: config.width, heads: config.headCount, normalises: config.normalisesHeads)
    output = try Linear(path / "to_out" / 0, in: config.width, out: config.width)
  }

  /// `[B, L, D]` to the same shape.
  func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> Tensor { try output(try projection(x_BLD).attended()) }
}
