internal import Priors
internal import Torch

/// A batch whose rows stand at noise levels of their own.
extension [NoiseLevel] {
  /// The time of each row, float32: what networks are told.
  func timesteps(_ device: Device) throws(TorchError) -> Tensor {
    try Tensor(map { Float($0.timestep) }).to(device: device)
  }

  /// Clean latents with the noise of each row's level.
  func noised(_ clean_BCHW: Tensor, with noise_BCHW: Tensor) throws(TorchError) -> Tensor {
    var rows: [Tensor] = []
    for (row, level) in enumerated() {
      let clean_1CHW = try clean_BCHW.narrowed(0, from: row, length: 1)
      rows.append(try level.noised(clean_1CHW, with: noise_BCHW.narrowed(0, from: row, length: 1)))
    }
    return try .concatenated(rows, axis: 0)
  }

  /// The clean latents that a network's output implies.
  /// - Parameters:
  ///   - output_BCHW: What it answered, float32.
  ///   - noisy_BCHW: What it saw.
  ///   - parametrisation: What it predicts.
  func clean(
    from output_BCHW: Tensor, noisy_BCHW: Tensor, _ parametrisation: Parametrisation
  ) throws(TorchError) -> Tensor {
    var rows: [Tensor] = []
    for (row, level) in enumerated() {
      let output_1CHW = try output_BCHW.narrowed(0, from: row, length: 1)
      rows.append(
        try parametrisation.clean(
          from: output_1CHW, noisy: noisy_BCHW.narrowed(0, from: row, length: 1), at: level))
    }
    return try .concatenated(rows, axis: 0)
  }
}

extension DiffusionSchedule {
  /// Levels at evenly drawn times.
  /// - Parameter share: Which part of the times, from the clean end.
  func evenLevels(_ count: Int, share: Double = 1, random: Generator) throws -> [NoiseLevel] {
    try Tensor.rand([count], generator: random).doubles().map { draw in
      try level(Double(min(Int(draw * share * Double(self.count)), self.count - 1)))
    }
  }
}
