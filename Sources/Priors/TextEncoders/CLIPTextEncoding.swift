public import Torch

/// What a ``CLIPTextModel`` made of prompts.
public struct CLIPTextEncoding {
  /// The hidden states that were asked for, by number, without the final norm: `[B, L, D]`.
  public let hiddenStates_BLD: [Int: Tensor]
  /// The last hidden state after the final norm, `[B, L, D]`: what conditions SD 2.x.
  public let lastHiddenState_BLD: Tensor
  /// The row of ``lastHiddenState_BLD`` at the end token, `[B, D]`: what Flux takes of CLIP-L.
  public let pooled_BD: Tensor
  /// ``pooled_BD`` through the projection, `[B, P]`, where there is one: what SDXL and SD 3 take.
  public let projected_BD: Tensor?
}
