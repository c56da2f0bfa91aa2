public import Checkpoints
public import Torch

extension ImageTagger {
  /// Loads the tagger.
  /// - Parameters:
  ///   - ram: RAM's weights, under the authors' names (`ram_swin_large_14m`: what its file has under `model`).
  ///   - lora: DAPE's weights (`DAPE`): names with `lora_` alone. They are merged into RAM's. nil loads RAM as it is.
  ///   - config: The sizes.
  ///   - dtype: The type to compute in; nil keeps RAM's.
  ///   - device: Where the weights shall be.
  /// - Throws: `CheckpointError` when a tensor is missing, unexpected or of another shape in either source.
  public static func load(
    ram: any ParameterSource, lora: (any ParameterSource)? = nil, config: TaggerConfig = TaggerConfig(),
    dtype: DType? = nil, device: Device = .cpu
  ) throws -> ImageTagger {
    try ParameterLoader.load(
      try source(ram: ram, lora: lora, config: config), component: "the picture tagger", dtype: dtype, device: device
    ) { try ImageTagger($0, config) }
  }

  /// The tagger's weights under the names that its layers ask for, with DAPE's merged in.
  /// - Parameters:
  ///   - ram: RAM's weights, under the authors' names.
  ///   - lora: DAPE's weights; nil for RAM as it is.
  ///   - config: The sizes.
  /// - Throws: `CheckpointError` when DAPE's tensors are not those that the sizes imply, or RAM lacks what they change.
  public static func source(
    ram: any ParameterSource, lora: (any ParameterSource)?, config: TaggerConfig = TaggerConfig()
  ) throws -> any ParameterSource {
    let base = renamed(ram)
    guard let lora else { return base }
    let changes = try ParameterLoader.load(renamed(lora), component: "DAPE's LoRA") { try TaggerLoRA($0, config) }
    return try MergedSource(base, changes.updates)
  }

  /// New weights of DAPE's LoRA, which change nothing: `A` even within ±1/√in, `B` zero.
  /// - Parameters:
  ///   - config: The sizes.
  ///   - seed: Fixes the draws.
  /// - Returns: By the names of the published file.
  package static func newLoRA(_ config: TaggerConfig, seed: UInt64) throws -> [String: Tensor] {
    let initialiser = try ParameterInitialiser(seed: seed)
    _ = try TaggerLoRA(ParameterLoader(initialiser).root, config)
    return initialiser.drawn
  }

  /// The tagger with DAPE's LoRA computed beside its weights, so that gradients reach the LoRA.
  /// - Parameters:
  ///   - base: What ``source(ram:lora:config:)`` answers for RAM as it is.
  ///   - lora: DAPE's weights.
  ///   - config: The sizes.
  ///   - device: Where the weights are.
  /// - Throws: `CheckpointError` as ``source(ram:lora:config:)`` does.
  package static func adapting(
    _ base: any ParameterSource, _ lora: any ParameterSource, config: TaggerConfig, device: Device = .cpu
  ) throws -> ImageTagger {
    let changes = try ParameterLoader.load(renamed(lora), component: "DAPE's LoRA") { try TaggerLoRA($0, config) }
    let layout = ParameterRecorder()
    _ = try ImageTagger(ParameterLoader(layout).root, config)
    return try ParameterLoader.load(
      try BranchedSource(base, changes.besides(layout.shapes)), component: "the picture tagger", device: device
    ) { try ImageTagger($0, config) }
  }

  /// Both files under the layers' names, without what has no use here.
  private static func renamed(_ source: any ParameterSource) -> RenamedSource {
    var origins: [String: RenamedSource.Origin] = [:]
    for key in source.keys where key.contains("vision_multi") {
      origins[key.replacing("vision_multi", with: "tagging_head")] = .init(key)
    }
    return RenamedSource(source, origins, dropping: hasNoUse)
  }

  /// Keys that both files may hold beside the tagger's: the captioner's two text towers, and buffers that are computed here.
  static func hasNoUse(_ key: String) -> Bool {
    ["tag_encoder.", "text_decoder."].contains(where: key.hasPrefix)
      || ["relative_position_index", "attn_mask"].contains(where: key.hasSuffix)
  }
}
