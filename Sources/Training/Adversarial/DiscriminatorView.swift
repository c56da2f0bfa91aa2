internal import Priors
internal import Restorers
internal import Torch

/// What a discriminator sees of pictures: maps of a frozen network's features.
///
/// Real and made pictures of a step are seen alike: in the same window, under the same noise.
struct DiscriminatorView {
  /// The tagger's window, as parts of the room that the picture leaves, or nil for the whole picture.
  private let corner: (top: Double, left: Double)?
  private let noise_BCHW: Tensor?
  private let levels: [NoiseLevel]

  /// The view of the tagger's tower: the whole picture, or with even odds a window of the tower's own size, without resizing.
  init(random: Generator) throws {
    let draws = try Tensor.rand([3], generator: random).doubles()
    corner = draws[0] < 0.5 ? (draws[1], draws[2]) : nil
    noise_BCHW = nil
    levels = []
  }

  /// The view of a U-Net: latents with noise, at evenly drawn times.
  /// - Parameter noise: Which part of the schedule, from its clean end, they are drawn from.
  init(of latent_BCHW: Tensor, _ schedule: DiffusionSchedule, noise: Double, random: Generator) throws {
    corner = nil
    noise_BCHW = try Tensor.randn(latent_BCHW.shape, generator: random, device: .cpu).to(device: latent_BCHW.device)
    levels = try schedule.evenLevels(latent_BCHW.size(0), share: noise, random: random)
  }

  /// The stages of the tagger's tower.
  /// - Parameter picture_BCHW: In 0…1.
  func maps(of picture_BCHW: Tensor, _ tagger: PictureReader) throws -> [Tensor] {
    let side = tagger.side
    let room = (height: picture_BCHW.size(2) - side, width: picture_BCHW.size(3) - side)
    guard let corner, room.height > 0, room.width > 0 else { return try tagger.maps(of: picture_BCHW) }
    let window_BCHW =
      try picture_BCHW
      .narrowed(2, from: Int(corner.top * Double(room.height + 1)), length: side)
      .narrowed(3, from: Int(corner.left * Double(room.width + 1)), length: side)
    return try tagger.maps(of: window_BCHW)
  }

  /// The levels of a U-Net.
  func maps(of latent_BCHW: Tensor, _ unet: UNet2DCondition, _ conditioning: UNetConditioning) throws -> [Tensor] {
    guard let noise_BCHW else { return [] }
    let taps = FeatureTaps()
    _ = try unet(
      levels.noised(latent_BCHW, with: noise_BCHW), timestep_B: levels.timesteps(latent_BCHW.device),
      conditioning: conditioning, adapter: taps)
    return taps.maps
  }
}
