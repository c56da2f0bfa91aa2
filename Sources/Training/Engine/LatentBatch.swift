internal import Priors
internal import Restorers
internal import Torch

extension LatentCodec {
  /// A draw of the latents of pictures in 0…1, without gradients.
  /// - Parameter random: A generator on the CPU.
  func draw(of picture_BCHW: Tensor, random: Generator) throws -> Tensor {
    try withoutGradient {
      let posterior = try autoencoder.encode(try picture_BCHW * 2 - 1)
      let noise_BCHW = try Tensor.randn(posterior.mean_BCHW.shape, generator: random, device: .cpu)
        .to(device: picture_BCHW.device)
      return try autoencoder.latent(try posterior.sample(noise_BCHW))
    }
  }
}

/// The tokens of prompts, where most rows of a run have the same few.
final class PromptMemory<Encoding> {
  private let encode: ([String]) throws -> [Encoding]
  private var known: [String: Encoding] = [:]
  private let limit: Int

  /// - Parameters:
  ///   - limit: How many prompts are kept.
  ///   - encode: Encodes prompts that are not known.
  init(limit: Int = 64, _ encode: @escaping ([String]) throws -> [Encoding]) {
    self.limit = limit
    self.encode = encode
  }

  /// The encodings of prompts, without gradients.
  func callAsFunction(_ prompts: [String]) throws -> [Encoding] {
    try withoutGradient {
      try prompts.map { prompt in
        if let found = known[prompt] { return found }
        let made = try encode([prompt])[0]
        if known.count >= limit { known = known.filter { $0.key.isEmpty } }
        known[prompt] = made
        return made
      }
    }
  }
}
