internal import Foundation

/// What may be chosen in a run of a Diffusion Restoration Adapter. The paper leaves most of it open; the values here are
/// Burnish's, and a file ``fileName`` beside the adapter says what it was trained for.
public struct RestorationAdapterSettings: Sendable, Hashable {
  /// How a step follows from the predicted clean latent.
  public enum Solver: String, Sendable, Codable, CaseIterable {
    /// Euler's method, on sigmas or on rectified flow.
    case euler
    /// DPM-Solver++ of second order; not for rectified flow.
    case dpmSolver = "dpm-solver++"
  }

  /// The settings file's name.
  public static let fileName = "restoration.json"

  /// Network steps.
  public var steps: Int
  /// How far beyond the negative prompt; guidance is off at 1 and below. Both branches see the low-quality picture.
  public var guidance = 5.0
  /// How a step follows from the predicted clean latent.
  public var solver = Solver.euler
  /// Factor of what the adapters add; 0 is the base model alone, but for its LoRA.
  public var adapterScale = 1.0
  /// How the run is held to the low-quality picture.
  public var sampling = RestorationSampling.Settings()
  /// What is asked for where the user says nothing.
  public var prompt = ""
  /// What is not to be shown where the user says nothing; nil is what the base model does without a negative prompt.
  public var negativePrompt: String?
  /// Words on the low-quality picture ("low-resolution, compressed") behind every prompt, for adapters that were trained
  /// with them.
  public var degradationWords = ""
  /// The side of the pictures that SDXL is told it makes, pixels: smaller ones would be blurred.
  public var toldSide = 1024
  /// Whether SD 3 reads prompts with T5 too where it is there.
  public var usesT5 = true
  /// The adapter's file, relative to the folder of the settings; nil looks for the usual names.
  public var adapterPath: String?
  /// The base model's folder or single file, relative to the folder of the settings; nil looks around.
  public var basePath: String?
  /// Whether both predictions of a guided step go through the network as one batch; nil suits the device.
  public var passes: GuidancePasses?

  /// Burnish's choices, but for the number of steps, which goes with the base model.
  public init(steps: Int) { self.steps = steps }

  /// The text of a prompt: a caption, and the words on the low-quality picture behind it.
  package func text(_ caption: String?) -> String {
    let parts = [caption ?? prompt, degradationWords].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    return parts.filter { !$0.isEmpty }.joined(separator: parts[0].hasSuffix(".") ? " " : ". ")
  }
}
