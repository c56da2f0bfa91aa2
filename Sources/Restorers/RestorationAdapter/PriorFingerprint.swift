public import Checkpoints
internal import Priors
internal import Torch

/// A short text that tells one set of a network's weights from another, without reading all of them.
///
/// It is made of the keys, their sizes, and the first numbers of 32 tensors spread over them. The same weights rounded to
/// another type have another fingerprint: a difference is worth a word, not a refusal.
public enum PriorFingerprint {
  private static let tensorCount = 32
  private static let numberCount = 256

  /// The fingerprint of a network's weights.
  /// - Parameters:
  ///   - prior: The weights, under the names that the network's modules ask for.
  ///   - backbone: The network.
  /// - Returns: 16 hexadecimal digits, the FNV-1a hash.
  /// - Throws: `CheckpointError` when the prior lacks a weight; what it throws.
  public static func text(of prior: any ParameterSource, _ backbone: AdapterBackbone) throws -> String {
    let layout = try backbone.layout()
    let keys = layout.keys.sorted()
    var text = keys.map { "\($0) \(layout[$0] ?? [])" }.joined(separator: "\n")
    let path = ParameterLoader(prior).root
    for index in 0..<min(tensorCount, keys.count) {
      let key = keys[index * keys.count / min(tensorCount, keys.count)]
      let tensor = try path.take(key, layout[key] ?? [], .zeros)
      guard tensor.device != .meta else {
        throw CheckpointError(
          .mismatch, "taking the fingerprint of \(prior.name): it lacks '\(key)' of shape \(layout[key] ?? [])")
      }
      let numbers = try tensor.flattened().narrowed(0, from: 0, length: min(numberCount, tensor.count)).floats()
      text += numbers.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
    }
    let digits = String(SplitMix64.hash(text), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
