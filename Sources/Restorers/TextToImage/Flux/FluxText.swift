internal import Checkpoints
internal import Foundation
internal import Priors
internal import Torch

/// What FLUX.1's transformer is told of a text, before its own layers.
struct FluxEncoding {
  /// T5's last hidden states, `[1, T, 4096]`.
  let text_1TE: Tensor
  /// CLIP-L's pooled text, `[1, 768]`.
  let pooled_1P: Tensor

  /// The tensors' names in a file, which are those of diffusers' pipelines.
  private static let (text, pooled) = ("prompt_embeds", "pooled_prompt_embeds")

  init(text_1TE: Tensor, pooled_1P: Tensor) {
    self.text_1TE = text_1TE
    self.pooled_1P = pooled_1P
  }

  /// Reads what ``write(to:)`` wrote.
  /// - Parameters:
  ///   - path: The file.
  ///   - config: Of the transformer that it is for.
  ///   - length: Tokens of every text.
  /// - Throws: `CheckpointError` for a file of another model.
  init(path: String, for config: FluxTransformerConfig, length: Int) throws {
    (text_1TE, pooled_1P) = try ParameterLoader.load(try openCheckpoint(path), component: "the empty prompt") { root in
      (
        try root.take(Self.text, [1, length, config.textWidth], .zeros),
        try root.take(Self.pooled, [1, config.pooledTextWidth], .zeros)
      )
    }
  }

  /// Writes the encoding as a file.
  func write(to path: String) throws {
    try SafetensorsWriter.write([Self.text: text_1TE, Self.pooled: pooled_1P], to: path)
  }
}

/// The text encoders of FLUX.1, of which each is loaded for a run's words and let go again.
struct FluxTextEncoders {
  let clip: CLIPPromptEncoder
  let t5: T5PromptEncoder

  /// Bytes of the weights that are loaded at once.
  var byteCount: Int { max(clip.model.byteCount, t5.model.byteCount) }

  func encode(_ text: String) throws -> FluxEncoding {
    let pooled_1P = try clip.encode([text])[0].pooled_BP
    return FluxEncoding(text_1TE: try t5.encode([text])[0], pooled_1P: pooled_1P)
  }
}

/// Texts as FLUX.1's transformer is told them. The empty one is kept in a file beside the model, so that most runs need no
/// text encoder, of which T5 has 9.5 GB.
final class FluxText {
  private let encoders: FluxTextEncoders?
  private let folder: ModelFolder
  private let config: FluxTransformerConfig
  private let length: Int
  /// The last text, which the next picture's is most often.
  private var known: (text: String, encoding: FluxEncoding)?

  /// - Parameters:
  ///   - encoders: nil where the folder has none.
  ///   - folder: Where the empty prompt is kept.
  ///   - config: Of the transformer.
  ///   - length: Tokens of every text.
  init(_ encoders: FluxTextEncoders?, _ folder: ModelFolder, _ config: FluxTransformerConfig, length: Int) {
    self.encoders = encoders
    self.folder = folder
    self.config = config
    self.length = length
  }

  /// Bytes of text encoders that a run without words loads.
  var byteCount: Int { stored == nil ? encoders?.byteCount ?? 0 : 0 }

  private var stored: String? { folder.find(FluxParts.emptyPrompt) }

  /// Whether a text is at hand without its encoders.
  func isKnown(_ text: String) -> Bool { known?.text == text || text.isEmpty && stored != nil }

  /// What the transformer is told of a text.
  /// - Parameter text: Empty for no words.
  /// - Throws: `CheckpointError` that names the part which is needed and absent, or another model's.
  func encoding(of text: String) throws -> FluxEncoding {
    if let known, known.text == text { return known.encoding }
    let encoding = try read(text)
    known = (text, encoding)
    return encoding
  }

  private func read(_ text: String) throws -> FluxEncoding {
    if text.isEmpty, let stored { return try FluxEncoding(path: stored, for: config, length: length) }
    guard let encoders else {
      // Throws which one it is.
      _ = try folder.require(FluxParts.textEncoder)
      _ = try folder.require(FluxParts.textEncoder2)
      throw CheckpointError(.unreadable, "the text encoders in '\(folder.path)' appeared while the model was in use")
    }
    let encoding = try encoders.encode(text)
    if text.isEmpty {
      // A model may lie where nothing can be written; then its encoders are loaded each time.
      try? encoding.write(to: folder.path + "/" + (FluxParts.emptyPrompt.places.first ?? ""))
    }
    return encoding
  }
}
