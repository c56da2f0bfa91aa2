public import Torch

/// Between latents and FLUX.1's tokens: four neighbouring pixels are one token.
///
/// Tokens run row after row. A token holds its pixels' numbers channel by channel, and within a channel row after row.
public enum FluxPacking {
  /// Side of the square of pixels that is a token.
  public static let side = 2

  /// A latent's tokens.
  /// - Parameter latent_BCHW: Its sides are even.
  /// - Returns: `[B, (H/2)(W/2), 4 C]`.
  /// - Throws: `TorchError` for odd sides.
  public static func packed(_ latent_BCHW: Tensor) throws(TorchError) -> Tensor {
    guard latent_BCHW.rank == 4, latent_BCHW.size(2).isMultiple(of: side), latent_BCHW.size(3).isMultiple(of: side)
    else {
      throw TorchError(
        .argument, "a latent of shape \(latent_BCHW.shape) cannot be packed into tokens of 2×2; pad it to even sides")
    }
    return try latent_BCHW.pixelUnshuffled(side).flattened(from: 2).transposed(1, 2)
  }

  /// The latent of tokens.
  /// - Parameters:
  ///   - tokens_BLC: As ``packed(_:)`` makes them.
  ///   - height: Rows of the latent.
  ///   - width: Columns of the latent.
  /// - Returns: `[B, C/4, H, W]`.
  /// - Throws: `TorchError` when there are more or fewer tokens.
  public static func unpacked(_ tokens_BLC: Tensor, height: Int, width: Int) throws(TorchError) -> Tensor {
    let (batch, channels) = (tokens_BLC.size(0), tokens_BLC.size(2))
    return try tokens_BLC.transposed(1, 2).reshaped([batch, channels, height / side, width / side]).pixelShuffled(side)
  }
}
