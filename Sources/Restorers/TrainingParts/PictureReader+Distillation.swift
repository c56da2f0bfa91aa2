package import Priors
package import Torch

extension PictureReader {
  /// Side of the square picture that the tagger's tower is given.
  package var side: Int { tagger.encoder.imageSide }

  /// Tokens of pictures in 0…1, as the restorer makes them of what self-refinement looks at: `[B, L, D]`.
  package func refinedTokens(of picture_BCHW: Tensor) throws -> Tensor {
    try tagger.encoder.tokens(of: picture_BCHW, resampling: .bicubic)
  }

  /// The maps that the stages of the tagger's tower leave of pictures in 0…1: BCHW each, finest first.
  package func maps(of picture_BCHW: Tensor) throws(TorchError) -> [Tensor] {
    try tagger.encoder.stageMaps(of: picture_BCHW, resampling: .bilinear)
  }
}
