internal import Checkpoints
internal import Layers
internal import Torch

/// Attention of the picture's and the text's tokens over both, each with projections of its own.
struct JointAttention {
  private let picture: HeadProjection  // to_q, to_k, to_v, norm_q, norm_k
  private let text: HeadProjection  // add_q_proj, add_k_proj, add_v_proj, norm_added_q, norm_added_k
  private let pictureOutput: Linear  // to_out.0
  private let textOutput: Linear?  // to_add_out
  private let order: JointBlockLayout.Order

  /// Takes the attention's parameters.
  init(_ path: ParameterPath, _ layout: JointBlockLayout) throws {
    func projection(_ names: HeadProjection.Names) throws -> HeadProjection {
      try HeadProjection(
        path, names, width: layout.width, heads: layout.heads, normalises: layout.normalisesHeads)
    }
    picture = try projection(.own)
    text = try projection(.added)
    pictureOutput = try Linear(path / "to_out" / 0, in: layout.width, out: layout.width)
    textOutput = layout.answersText ? try Linear(path / "to_add_out", in: layout.width, out: layout.width) : nil
    order = layout.order
  }

  /// - Parameters:
  ///   - picture_BLD: The picture's tokens.
  ///   - text_BTD: The text's tokens.
  ///   - positions: Where the tokens of the whole sequence stand; nil where they carry that themselves.
  /// - Returns: The same shapes; no text where it does not go on.
  func callAsFunction(
    picture picture_BLD: Tensor, text text_BTD: Tensor, positions: RotaryTable? = nil
  ) throws(TorchError) -> (picture_BLD: Tensor, text_BTD: Tensor?) {
    let (pictureHeads, textHeads) = (try picture(picture_BLD), try text(text_BTD))
    let (length, textLength) = (picture_BLD.size(1), text_BTD.size(1))
    let both: AttentionHeads
    let (start, textStart): (Int, Int)
    switch order {
    case .pictureFirst: (both, start, textStart) = (try pictureHeads.followed(by: textHeads), 0, length)
    case .textFirst: (both, start, textStart) = (try textHeads.followed(by: pictureHeads), textLength, 0)
    }
    let mixed = try both.rotated(by: positions).attended()
    return (
      try pictureOutput(try mixed.narrowed(1, from: start, length: length)),
      try textOutput.map { layer throws(TorchError) in
        try layer(try mixed.narrowed(1, from: textStart, length: textLength))
      }
    )
  }
}

/// Attention of the picture's tokens to themselves alone.
struct PictureAttention {
  private let projection: HeadProjection  // to_q, to_k, to_v, norm_q, norm_k
  private let output: Linear  // to_out.0

  init(_ path: ParameterPath, _ layout: JointBlockLayout) throws {
    projection = try HeadProjection(
      path, .own, width: layout.width, heads: layout.heads, normalises: layout.normalisesHeads)
    output = try Linear(path / "to_out" / 0, in: layout.width, out: layout.width)
  }

  /// `[B, L, D]` to the same shape.
  func callAsFunction(_ x_BLD: Tensor) throws(TorchError) -> Tensor { try output(try projection(x_BLD).attended()) }
}
