internal import Checkpoints
internal import Priors
internal import Torch

/// A base model that carries restoration adapters: what is different between the systems of the paper.
protocol AdaptedModel {
  /// The network.
  associatedtype Prior: TextToImagePrior
  /// A prompt as the text encoders give it.
  associatedtype Text

  /// What `--model` calls the system.
  static var system: String { get }
  /// Steps where neither user nor settings say.
  static var defaultSteps: Int { get }
  /// A picture's sides are multiples of this.
  static var sideMultiple: Int { get }

  /// Opens and checks all parts; weights are loaded later.
  /// - Throws: `CheckpointError` that names the part that is absent, damaged or another model's.
  init(_ files: AdapterFiles, dtype: DType, device: Device) throws

  /// What the user should know before a run.
  var warnings: [String] { get }

  /// From pictures to latents and back.
  var autoencoder: DeferredNetwork<AutoencoderKL> { get }
  /// The autoencoder's sizes.
  var autoencoderConfig: AutoencoderKLConfig { get }
  /// The noise schedule.
  var schedule: SchedulerConfig { get }
  /// Bytes of the largest text encoder.
  var textByteCount: Int { get }
  /// Bytes of the network and its adapters.
  var networkByteCount: Int { get }
  /// Sides of latents and their tiles are multiples of this.
  var latentMultiple: Int { get }

  /// Encodes a prompt, and what is not to be shown.
  /// - Parameter negative: nil is what the base model does without one.
  func encode(prompt: String, negative: String?) throws -> (negative: Text, prompt: Text)

  /// The network with its LoRA merged in, and its adapters.
  func load() throws -> AdaptedNetwork<Prior>

  /// What the network is told of a prompt.
  func conditioning(_ text: Text, _ prior: Prior) throws -> Prior.Conditioning
}

/// A loaded network with what shows it the low-quality picture.
struct AdaptedNetwork<Prior: TextToImagePrior> {
  /// The network, without its adapters.
  let prior: Prior
  /// The network with adapters that see a low-quality picture's latent, `[1, C, H, W]`.
  let steered: (_ low_BCHW: Tensor) -> Prior
}
