internal import Datasets
internal import Degradation
internal import Foundation
internal import Torch

/// Crops of pictures that are never trained on: the same ones, spoilt the same way, each time.
struct HeldOutPictures {
  private let batches: [PictureBatch]
  private let seed: UInt64

  /// At most this many crops.
  private static let limit = 16

  /// - Throws: `DatasetError` for folders that cannot be read.
  init(_ recipe: DataRecipe, seed: UInt64, scale: Int, _ host: TrainingHost) throws {
    // A stream of its own: the crops of the training must not come again.
    self.seed = seed &+ 0x5EED
    guard !recipe.validation.isEmpty else {
      batches = []
      return
    }
    var data = recipe
    data.folders = recipe.validation.filter { !PairCrops.isPairs($0) }
    data.pairs = recipe.validation.filter { PairCrops.isPairs($0) }
    data.drawn = 0
    let feed = PictureFeed(data, seed: self.seed, scale: scale, host)
    let plan = try feed.plan(try feed.source())
    batches = try (0..<max(1, Self.limit / recipe.batch)).map { try feed.batch(try plan.batch($0)) }
  }

  /// The loss, with noise and times that are the same each time.
  func scores<Task: TrainingTask>(_ task: Task, _ model: Task.Model) throws -> [String: Double]
  where Task.Batch == PictureBatch {
    guard !batches.isEmpty else { return [:] }
    var sum = 0.0
    for (number, batch) in batches.enumerated() {
      let random = try Generator(seed: seed &+ UInt64(number))
      sum += try task.losses(model, batch, random: random).byPhase[0].item()
    }
    return ["held_out/loss": sum / Double(batches.count)]
  }

  /// Writes what the model makes of the first crops: low-quality, restored, original side by side.
  func showPictures<Task: TrainingTask>(
    _ task: Task, _ model: Task.Model, step: Int, in folder: String, _ host: TrainingHost
  ) throws where Task.Batch == PictureBatch {
    guard let batch = batches.first, let shown_BCHW = try task.preview(model, batch) else { return }
    let path = folder + "/pictures"
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw TrainingError(.state, "making the folder '\(path)': \(error.localizedDescription)")
    }
    let digits = String(step)
    let name = "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    for row in 0..<min(shown_BCHW.size(0), 4) {
      try host.writePicture(
        try shown_BCHW.narrowed(0, from: row, length: 1).to(.float32, device: .cpu).clamped(min: 0, max: 1)
          .contiguous(),
        "\(path)/\(name)-\(row).jpg")
    }
  }
}
