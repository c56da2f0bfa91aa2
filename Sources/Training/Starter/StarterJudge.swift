internal import Checkpoints
internal import Restorers
internal import Torch

/// Tells the starter's pictures from real ones: a projected discriminator on what the frozen restoration module makes of
/// both, and on the latents themselves.
struct StarterJudge {
  private let discriminator: ProjectedDiscriminator
  private let codec: PixelCodec

  /// Takes all parameters.
  /// - Parameter width: Of each of its judges.
  init(_ path: ParameterPath, width: Int, model: StarterConfig) throws {
    var config = DiscriminatorConfig()
    config.width = width
    config.projection = width
    let module = model.restorationModule?.width ?? 0
    let maps = [3 * model.unshuffle * model.unshuffle] + Array(repeating: module, count: RestorationModule.mapCount)
    discriminator = try ProjectedDiscriminator(path, config, channels: maps, conditionWidth: module)
    codec = PixelCodec(factor: model.unshuffle)
  }

  /// The two hinge losses: of who made the pictures, and of the judge, whose gradient does not reach them.
  /// - Parameters:
  ///   - made_BCHW: Predicted latents.
  ///   - real_BCHW: Latents of the high-quality pictures.
  ///   - presented_BCHW: The pictures that the diffusion began with: what is known.
  func losses(
    _ network: StarterNetwork, made_BCHW: Tensor, real_BCHW: Tensor, presented_BCHW: Tensor
  ) throws -> (maker: Tensor, judge: Tensor) {
    let (real, condition_BD) = try withoutGradient {
      (try maps(network, real_BCHW), try known(of: network.restorationMaps(of: presented_BCHW)))
    }
    let made = try maps(network, made_BCHW)
    let maker = try HingeLoss.generator(made: discriminator(made, condition_BD: condition_BD))
    let seen = try made.map { try $0.detached() }
    let judge = try HingeLoss.discriminator(
      real: discriminator(real, condition_BD: condition_BD), made: discriminator(seen, condition_BD: condition_BD))
    return (maker, judge)
  }

  /// The mean features of the deepest map, at a mean square of 1: scores are products with them, and would be as small as they
  /// are otherwise.
  private func known(of maps: [Tensor]) throws -> Tensor {
    guard let mean_BD = try maps.last?.to(.float32).mean([2, 3]) else {
      throw TrainingError(.state, "judging the starter's pictures: the model has no restoration module")
    }
    return try mean_BD / (mean_BD.square().mean([1], keepingAxes: true) + 1e-12).sqrt()
  }

  private func maps(_ network: StarterNetwork, _ latent_BCHW: Tensor) throws -> [Tensor] {
    [latent_BCHW] + (try network.restorationMaps(of: codec.decode(latent_BCHW)))
  }
}
