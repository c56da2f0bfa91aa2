internal import Priors
internal import Torch

/// The text encoders of Stable Diffusion 3.
struct SD3TextEncoders {
  let small: CLIPPromptEncoder
  let large: CLIPPromptEncoder
  /// nil leaves zeros in its place, as the authors say that may be done.
  let t5: T5PromptEncoder?
  /// Width of the tokens that the transformer takes.
  let textWidth: Int

  /// Tokens of T5 in the published pipeline.
  static let t5Length = 256
  /// What the published tokenizer of the larger encoder pads with, `!`.
  static let largePadID = 0

  /// A prompt as the transformer wants it, float32.
  struct Encoding {
    /// Both CLIP encoders' penultimate states side by side and zeros behind them; below, T5's: `[1, 77 + 256, 4096]`.
    let text_BTE: Tensor
    /// Both pooled texts side by side, `[1, 2048]`.
    let pooled_BP: Tensor
  }

  /// Bytes of the weights that are loaded at once: one encoder comes when the others have gone.
  var byteCount: Int { max(small.model.byteCount, large.model.byteCount, t5?.model.byteCount ?? 0) }

  func encode(_ texts: [String]) throws -> [Encoding] {
    let (small, large) = (try small.encode(texts), try large.encode(texts))
    let t5 = try t5?.encode(texts)
    return try texts.indices.map { index in
      Encoding(
        text_BTE: try Self.assembled(
          clip: [small[index].states_BLD, large[index].states_BLD], t5_BLD: t5?[index], width: textWidth),
        pooled_BP: try .concatenated([small[index].pooled_BP, large[index].pooled_BP], axis: 1))
    }
  }

  /// The tokens of all encoders in one sequence.
  /// - Parameters:
  ///   - clip: `[B, L, D]`, laid side by side.
  ///   - t5_BLD: `[B, L, width]`; nil is zeros.
  ///   - width: Of the sequence.
  static func assembled(clip: [Tensor], t5_BLD: Tensor?, width: Int) throws -> Tensor {
    let joined_BLD = try Tensor.concatenated(clip, axis: 2)
    let (batch, length) = (joined_BLD.size(0), joined_BLD.size(1))
    let room = width - joined_BLD.size(2)
    guard room >= 0, t5_BLD.map({ $0.size(2) == width }) ?? true else {
      throw RestorationError(
        .argument,
        "text encoders of widths \(clip.map { $0.size(2) }) and \(t5_BLD?.size(2) ?? width) do not fit a transformer for "
          + "tokens of \(width): they belong to different models")
    }
    func zeros(_ shape: [Int]) throws(TorchError) -> Tensor { try .zeros(shape, device: joined_BLD.device) }
    let padded_BLE = try Tensor.concatenated([joined_BLD, zeros([batch, length, room])], axis: 2)
    return try .concatenated([padded_BLE, try t5_BLD ?? zeros([batch, t5Length, width])], axis: 1)
  }
}
