public import Torch

/// LoRA files of the kinds in use: diffusers and PEFT (`unet.….lora_A.weight`, `….lora.down.weight`,
/// `….processor.to_q_lora.down.weight`) and kohya (`lora_unet_….lora_down.weight` with `….alpha`).
public enum LowRankFile {
  /// Reads a LoRA.
  /// - Parameters:
  ///   - file: The file's tensors.
  ///   - names: What it may call the network's modules.
  ///   - metadata: The file's free text, where PEFT's settings may stand; nil takes that of `file`, where it has one.
  ///   - alpha: Alpha of modules of which neither tensors nor metadata say it; nil is each one's rank, which gives a scale
  ///     of 1.
  ///   - ignoring: Tells which keys are another reader's: those of text encoders, say.
  /// - Returns: The changes by the key of the weight, of strength 1.
  /// - Throws: `CheckpointError` that names keys which belong to no module of the network or to another method than plain
  ///   LoRA, and modules with one half of a pair alone.
  public static func updates(
    _ file: any ParameterSource, for names: LowRankNames, metadata: [String: String]? = nil, alpha: Double? = nil,
    ignoring: (String) -> Bool = { _ in false }
  ) throws -> [String: [LowRankUpdate]] {
    let keys = file.keys.filter { !ignoring($0) }.sorted()
    try refuseOtherMethods(keys, in: file.name)
    var modules: [String: LowRankKeys] = [:]
    var unmatched: [String] = []
    for key in keys {
      guard let (module, part) = LowRankKeys.split(key) else {
        unmatched.append(key)
        continue
      }
      modules[module, default: LowRankKeys()][part] = key
    }
    var found: [(module: String, keys: LowRankKeys, places: [LowRankNames.Place])] = []
    for (module, parts) in modules.sorted(by: { $0.key < $1.key }) {
      if let places = names.places(of: module) ?? names.places(of: module + ".0") {
        found.append((module, parts, places))
      } else {
        unmatched += parts.all
      }
    }
    guard unmatched.isEmpty else { throw unmatchedError(unmatched.sorted(), of: keys.count, in: file.name) }
    let settings = try LowRankMetadata(metadata ?? (file as? any Checkpoint)?.metadata ?? [:], in: file.name)
    var updates: [String: [LowRankUpdate]] = [:]
    for (module, parts, places) in found {
      let pair = try parts.pair(of: module, in: file)
      let scale = try settings.scale(
        of: module, rank: pair.down.size(0), stored: try parts.alpha.map { try file.stored($0).item() },
        otherwise: alpha)
      for place in places {
        updates[place.key, default: []].append(
          LowRankUpdate(down: pair.down, up: try up(pair.up, for: place, module, in: file.name), scale: scale))
      }
    }
    return updates
  }

  /// Writes a LoRA as diffusers and PEFT read it: `<prefix>.<module>.lora_A.weight` and `.lora_B.weight`, alpha in the
  /// metadata.
  /// - Parameters:
  ///   - updates: One change of all rows for each weight, by its key.
  ///   - prefix: The network's name: `unet` or `transformer`.
  ///   - metadata: More free text.
  ///   - path: The file's name; its folder must exist.
  /// - Throws: `CheckpointError` for several changes of one weight or changes of some rows, or when the file cannot be
  ///   written.
  public static func write(
    _ updates: [String: [LowRankUpdate]], prefix: String, metadata: [String: String] = [:], to path: String
  ) throws {
    var tensors: [String: Tensor] = [:]
    var alphas: [String: (rank: Int, alpha: Double)] = [:]
    for (key, list) in updates {
      guard list.count == 1, let update = list.first, update.rows == nil, key.hasSuffix(".weight") else {
        throw CheckpointError(
          .unwritable, "Could not write the LoRA \(path.quoted): \(key.quoted) has not just one change of all its rows."
        )
      }
      let module = String(key.dropLast(".weight".count))
      tensors["\(prefix).\(module).lora_A.weight"] = update.down
      tensors["\(prefix).\(module).lora_B.weight"] = update.up
      alphas[module] = (update.rank, update.scale * Double(update.rank))
    }
    try SafetensorsWriter.write(
      tensors, metadata: metadata.merging(try LowRankMetadata.text(alphas, prefix: prefix)) { given, _ in given },
      to: path)
  }

  /// The rows of `B` that a weight takes.
  private static func up(
    _ up: Tensor, for place: LowRankNames.Place, _ module: String, in file: String
  ) throws -> Tensor {
    var part = up
    if let rows = place.rows {
      guard up.size(0) >= rows.upperBound else {
        throw CheckpointError(
          .mismatch,
          "reading the LoRA \(file.quoted): \(module.quoted) has a B of \(up.shape); rows "
            + "\(rows.lowerBound)..<\(rows.upperBound) were expected of it. Was it made for another model?")
      }
      part = try up.narrowed(0, from: rows.lowerBound, length: rows.count)
    }
    guard place.swapsHalves, part.size(0) % 2 == 0 else { return part }
    return try .concatenated(try part.chunks(2, axis: 0).reversed(), axis: 0)
  }

  private static func refuseOtherMethods(_ keys: [String], in file: String) throws(CheckpointError) {
    let methods: [(mark: String, name: String)] = [
      (".dora_scale", "DoRA"), ("lora_magnitude_vector", "DoRA"), (".hada_w", "LoHa"), (".lokr_w", "LoKr"),
      (".lora_mid.", "LoCon with a third factor"), (".oft_", "OFT"), (".diff_b", "a change of biases"),
      (".diff", "whole differences"),
    ]
    for key in keys {
      guard let method = methods.first(where: { key.contains($0.mark) }) else { continue }
      throw CheckpointError(
        .unsupported,
        "reading the LoRA \(file.quoted): \(key.quoted) is of \(method.name); only plain LoRA is read here. Merge it "
          + "into its model with the tool that made it")
    }
  }

  private static func unmatchedError(_ keys: [String], of count: Int, in file: String) -> CheckpointError {
    let text = keys.filter { key in ["text_encoder", "lora_te"].contains(where: key.hasPrefix) }.count
    let hint =
      text == keys.count
      ? "They change the text encoders; is only the network's part wanted?" : "Was it made for another model?"
    return CheckpointError(
      .mismatch,
      "reading the LoRA \(file.quoted): \(keys.count) of its \(count) tensors belong to no layer of the network "
        + "(\(keys.quotedList)). \(hint)")
  }
}

extension ParameterSource {
  /// A tensor of whatever shape it is stored in.
  func stored(_ key: String) throws -> Tensor {
    guard let tensor = try parameter(key, ParameterRequest(shape: [], initial: .zeros)) else {
      throw CheckpointError.noTensor(key, in: name)
    }
    return tensor
  }
}
