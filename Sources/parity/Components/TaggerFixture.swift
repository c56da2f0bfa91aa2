import Checkpoints
import Priors
import Torch

/// The tagger of a fixture, in which RAM's weights and DAPE's LoRA stand side by side.
struct TaggerFixture {
  let config: TaggerConfig
  /// The weights after the merge.
  let source: any ParameterSource
  private let tagger: ImageTagger

  /// - Parameters:
  ///   - weights: All weights.
  ///   - hasLoRA: Whether DAPE's are among them.
  init(_ weights: some ParameterSource, config: TaggerConfig, hasLoRA: Bool = true) throws {
    func isLoRA(_ key: String) -> Bool { key.hasSuffix(".lora_A") || key.hasSuffix(".lora_B") }
    let ram: any ParameterSource = hasLoRA ? RenamedSource(weights, [:], dropping: isLoRA) : weights
    let lora = hasLoRA ? RenamedSource(weights, [:]) { !isLoRA($0) } : nil
    self.config = config
    source = try ImageTagger.source(ram: ram, lora: lora, config: config)
    tagger = try ImageTagger.load(ram: ram, lora: lora, config: config, dtype: .float32)
  }

  var encoder: TaggerEncoder { tagger.encoder }
  var decoder: TagDecoder { tagger.decoder }
}
