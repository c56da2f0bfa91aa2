public import Priors
public import Torch

/// Where a run stands when a hook is called.
public struct SamplingStep: Sendable {
  /// Which step, from 0.
  public let index: Int
  /// How many steps the whole run has.
  public let count: Int
  /// The level at which the network was asked.
  public let level: NoiseLevel
  /// The level that the step leads to.
  public let nextLevel: NoiseLevel

  /// True for the step whose result is the answer.
  public var isLast: Bool { index + 1 == count }
}

/// Takes part in a sampling run between the network and the scheduler. Every method has a default that does nothing.
///
/// Restoration sampling pulls the predicted clean latent (or the latent) towards that of the input;
/// prediction-based self-refinement (PSR) renews the denoiser's condition picture from it.
public protocol SamplingHook {
  /// May change the predicted clean latent before the scheduler takes its step.
  /// - Parameters:
  ///   - clean_BCHW: What the denoiser answered, float32.
  ///   - latent_BCHW: What it was asked about.
  ///   - step: Where the run stands.
  /// - Returns: The clean latent to go on with.
  /// - Throws: Whatever ends the run.
  func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor

  /// May change the latent after the scheduler's step.
  /// - Parameters:
  ///   - latent_BCHW: The latent that arrives at the next step, float32.
  ///   - step: Where the run stands.
  /// - Returns: The latent to go on with.
  /// - Throws: Whatever ends the run.
  func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor

  /// May renew the denoiser's conditions for the next step. Not called after the last step.
  /// - Parameters:
  ///   - clean_BCHW: The predicted clean latent of the step that is done, float32.
  ///   - index: That step.
  /// - Throws: Whatever ends the run.
  func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws
}

extension SamplingHook {
  /// Changes nothing.
  public func adjustClean(_ clean_BCHW: Tensor, latent latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor {
    clean_BCHW
  }

  /// Changes nothing.
  public func adjustLatent(_ latent_BCHW: Tensor, step: SamplingStep) throws -> Tensor { latent_BCHW }

  /// Changes nothing.
  public func refine(predictedClean clean_BCHW: Tensor, afterStep index: Int) throws {}
}
