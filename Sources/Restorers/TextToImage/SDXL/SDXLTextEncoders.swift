internal import Priors
internal import Torch

/// The two text encoders of Stable Diffusion XL.
struct SDXLTextEncoders {
  let small: CLIPPromptEncoder
  let large: CLIPPromptEncoder

  /// What the published tokenizer of the larger encoder pads with, `!`.
  static let largePadID = 0

  /// A prompt as the U-Net wants it, float32.
  struct Encoding {
    /// Both penultimate states side by side, `[1, 77, 2048]`.
    let text_BLD: Tensor
    /// The larger encoder's pooled text, `[1, 1280]`.
    let pooled_BD: Tensor

    /// What stands for a negative prompt that was not given.
    func zeroed() throws(TorchError) -> Encoding {
      Encoding(text_BLD: try text_BLD.zerosLike(), pooled_BD: try pooled_BD.zerosLike())
    }
  }

  /// Bytes of the weights that are loaded at once: one encoder comes when the other has gone.
  var byteCount: Int { max(small.model.byteCount, large.model.byteCount) }

  func encode(_ texts: [String]) throws -> [Encoding] {
    let (small, large) = (try small.encode(texts), try large.encode(texts))
    return try zip(small, large).map {
      Encoding(text_BLD: try .concatenated([$0.states_BLD, $1.states_BLD], axis: 2), pooled_BD: $1.pooled_BP)
    }
  }
}
