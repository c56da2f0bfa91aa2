internal import Priors
internal import Torch

/// The tagger with the names of its tags.
struct PictureTagger {
  private let network: ImageTagger
  private let tags: TagList

  init(_ network: ImageTagger, tags: TagList) {
    self.network = network
    self.tags = tags
  }

  /// Tokens of a low-quality picture in 0…1, `[1, 145, 512]`, and the names of what is on it.
  func read(_ picture_BCHW: Tensor) throws -> (tokens_BLD: Tensor, names: [String]) {
    let tokens_BLD = try network.encoder.tokens(of: picture_BCHW, resampling: .bilinear)
    return (tokens_BLD, try network.tags(tokens_BLD, from: tags).first ?? [])
  }

  /// The part that self-refinement asks again and again.
  var encoder: TaggerEncoder { network.encoder }
}
