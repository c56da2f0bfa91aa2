internal import Foundation

/// Opens a checkpoint: a file, an index of shards, or the folder of a published component.
///
/// Whether a file is one of safetensors or of PyTorch is seen from its contents, not from its name.
/// - Parameters:
///   - path: A `.safetensors`, `.pth`, `.pt`, `.bin` or `.ckpt` file, a `.safetensors.index.json` or `.bin.index.json` file,
///     or a folder such as `unet/`.
///   - variant: The tag of the files wanted in a folder (`fp16`); nil takes the untagged ones, else `fp16`, else
///     `bf16`.
///   - state: Which dictionary of a PyTorch file holds the weights; other files have only one.
/// - Returns: The checkpoint, its headers checked.
/// - Throws: `CheckpointError` when nothing is there, with what was looked for, or when what is there is not sound.
public func openCheckpoint(
  _ path: String, variant: String? = nil, state: StateChoice = .automatic
) throws(CheckpointError) -> any Checkpoint {
  var isFolder: ObjCBool = false
  let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  let file = exists && isFolder.boolValue ? try CheckpointFolder(path: path).file(variant: variant) : path
  if file.hasSuffix(".json") { return try ShardedCheckpoint(indexPath: file, state: state) }
  return try openCheckpointFile(file, state: state)
}

/// Opens one file of weights.
func openCheckpointFile(_ path: String, state: StateChoice) throws(CheckpointError) -> any Checkpoint {
  // What is called after one of PyTorch's formats is spoken of as one, whatever is wrong with it.
  let isNamedAsPickle = CheckpointFolder.pickleSuffixes.contains(where: path.hasSuffix)
  let format = try MappedFile(path: path).parsed { CheckpointFormat($0) }
  switch format {
  case .zip, .pickle, .tar: return try TorchFile(path: path, state: state)
  case .safetensors: return try SafetensorsFile(path: path)
  case .webPage, .gitPointer, .empty, nil:
    return isNamedAsPickle ? try TorchFile(path: path, state: state) : try SafetensorsFile(path: path)
  }
}

/// A component's folder in the layout of Hugging Face: `unet/`, `vae/`, `text_encoder_2/`.
public struct CheckpointFolder: Sendable {
  /// The folder's path as it was given.
  public let path: String
  /// The names of the files in it, sorted.
  public let files: [String]

  /// What the files of one component are called before their tags and suffixes: diffusers, transformers, LoRA.
  private static let bases = ["diffusion_pytorch_model", "model", "pytorch_lora_weights"]

  /// The same in PyTorch's own format.
  private static let pickleBases = ["diffusion_pytorch_model", "pytorch_model", "pytorch_lora_weights"]

  /// Tags taken when no untagged file is there: the same weights in another type. (`non_ema`, say, is not the same.)
  private static let equivalentVariants = ["fp16", "bf16"]

  /// Names of files in PyTorch's own formats.
  static let pickleSuffixes = [".pth", ".pt", ".ckpt", ".bin"]

  /// Lists a folder.
  /// - Parameter path: The folder.
  /// - Throws: `CheckpointError` when it cannot be listed.
  public init(path: String) throws(CheckpointError) {
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw CheckpointError(.unreadable, "Could not list folder \(path.quoted): \(error.localizedDescription)")
    }
    self.path = path
  }

  /// Finds the file to open: one with all weights before an index of shards, safetensors before PyTorch's own formats.
  /// - Parameter variant: The tag wanted; nil takes the untagged file, else `fp16`, else `bf16`.
  /// - Returns: The path of a `.safetensors`, a `.bin` or an index file.
  /// - Throws: `CheckpointError` that lists what was looked for.
  public func file(variant: String? = nil) throws(CheckpointError) -> String {
    let present = Set(files)
    let tags: [String?] = variant.map { [$0] } ?? [nil] + Self.equivalentVariants
    let wanted =
      tags.flatMap { tag in Self.bases.flatMap { Self.names($0, tag) } }
      + tags.flatMap { tag in Self.pickleBases.flatMap { Self.names($0, tag, suffix: "bin") } }
    if let found = wanted.first(where: present.contains) { return path.appendingComponent(found) }
    // A single file of another name can only be the one that is meant.
    let others = files.filter { $0.hasSuffix(".safetensors") }
    let pickles = files.filter { name in Self.pickleSuffixes.contains { name.hasSuffix($0) } }
    if variant == nil, others.isEmpty, pickles.count == 1, let only = pickles.first, !only.contains("-of-") {
      return path.appendingComponent(only)
    }
    if variant == nil, others.count == 1, let only = others.first, !only.contains("-of-") {
      return path.appendingComponent(only)
    }
    throw CheckpointError(
      .unreadable,
      "Could not find a checkpoint in \(path.quoted): \(explanation(variant: variant, others: others, pickles: pickles))."
    )
  }

  /// The names of a component with a tag, in the order of preference. Both orders of tag and suffix occur for indices.
  private static func names(_ base: String, _ tag: String?, suffix: String = "safetensors") -> [String] {
    guard let tag else { return ["\(base).\(suffix)", "\(base).\(suffix).index.json"] }
    return [
      "\(base).\(tag).\(suffix)", "\(base).\(suffix).index.\(tag).json", "\(base).\(tag).\(suffix).index.json",
    ]
  }

  private func explanation(variant: String?, others: [String], pickles: [String]) -> String {
    let searched = Self.bases.flatMap { Self.names($0, variant) }.joined(separator: ", ")
    var text = "looked for \(searched)"
    if others.isEmpty && pickles.isEmpty {
      text += "; it holds no weights at all, fetch them with `burnish models pull`"
    } else if others.contains(where: { $0.contains("-of-") }) {
      text += "; there are shards (\(others.brief)) but no index, run `burnish models verify`"
    } else if !others.isEmpty {
      text += "; there are \(others.brief): name one of them"
    } else {
      text += "; there are \(pickles.brief): name one of them"
    }
    return text
  }
}

extension String {
  /// The path of a file in the folder with this path.
  func appendingComponent(_ name: String) -> String { hasSuffix("/") ? self + name : self + "/" + name }
}

extension [String] {
  /// The first few names for a message.
  fileprivate var brief: String {
    prefix(4).map { $0.quoted }.joined(separator: ", ") + (count > 4 ? ", … (\(count) in all)" : "")
  }
}
