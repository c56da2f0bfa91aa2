public import Torch

/// Prompts that are left out in part of the rows, so that a network learns to do without: what classifier-free guidance
/// needs (Ho and Salimans 2022).
public enum PromptDropping {
  /// Prompts with some of them empty.
  /// - Parameters:
  ///   - share: How many, 0…1.
  ///   - random: A generator on the CPU. One number a prompt is drawn whatever the share is.
  public static func apply(_ prompts: [String], share: Double, random: Generator) throws -> [String] {
    let draws = try Tensor.rand([max(prompts.count, 1)], generator: random).doubles()
    return zip(prompts, draws).map { $1 < share ? "" : $0 }
  }
}
