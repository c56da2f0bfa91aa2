import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// Text-to-image models at their own trade, with the tiny networks of recorded runs.
struct GeneratorTests {
  /// Which model, and a folder of it.
  enum Model: String, CaseIterable {
    case flux, sdxl, sd3, sd2

    /// Calls with a folder that is removed afterwards.
    func with<Value>(_ body: (String) throws -> Value) throws -> Value {
      switch self {
      case .flux:
        let flux = try TinyFluxFolder()
        return try body(flux.folder.path)
      case .sdxl, .sd3:
        let base = try TinyBaseFolder(self == .sdxl ? .sdxl : .sd3)
        try base.writeFolders()
        return try body(base.folder.path)
      case .sd2:
        let base = try TinySteeredFolder(system: "seesr")
        try base.addTurbo(factor: 1)
        let plain = base.path("sd-turbo")
        // The same sizes without SeeSR's attention to the picture.
        let data = try Data(contentsOf: URL(fileURLWithPath: base.path("seesr/unet/config.json")))
        let config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        try JSONSerialization.data(withJSONObject: config.filter { !$0.key.contains("image") })
          .write(to: URL(fileURLWithPath: plain + "/unet/config.json"))
        return try body(plain)
      }
    }

    var entry: GeneratorEntry {
      get throws { try #require(GeneratorEntry.all.first { $0.name == rawValue }) }
    }
  }

  private func generate(
    _ model: Model, seed: UInt64 = 1, steps: Int = 2, guidance: Double = 1, prompt: String = "", width: Int = 128,
    monitor: RestorationMonitor = .silent
  ) throws -> (picture: Tensor, latent: Tensor) {
    try Machine.setThreadCount(1)
    return try model.with { path in
      let settings = GenerationSettings(width: width, height: 64, steps: steps, guidance: guidance, prompt: prompt)
      let generator = try model.entry.load(path, settings, dtype: .float32, device: .cpu)
      let made = try generator.generate(seed: seed, monitor: monitor)
      // A seed alone says what comes out, whatever was made before.
      #expect(try generator.generate(seed: seed, monitor: .silent).latent_BCHW.floats() == made.latent_BCHW.floats())
      return (made.picture_BCHW, made.latent_BCHW)
    }
  }

  @Test(arguments: Model.allCases) func everySettingTakesEffect(_ model: Model) throws {
    let usual = try generate(model)
    #expect(usual.picture.shape == [1, 3, 64, 128])
    #expect(try usual.picture.isFinite().all().item() == 1)
    #expect(usual.picture.size(2) / usual.latent.size(2) == usual.picture.size(3) / usual.latent.size(3))
    let latent = try usual.latent.floats()
    #expect(try generate(model, seed: 2).latent.floats() != latent)
    #expect(try generate(model, steps: 3).latent.floats() != latent)
    #expect(try generate(model, width: 64).picture.shape == [1, 3, 64, 64])
    let words = try generate(model, prompt: "a red house").latent.floats()
    #expect(words != latent)
    #expect(try generate(model, guidance: 4, prompt: "a red house").latent.floats() != words)
  }

  /// Without words both branches say the same, but for SDXL's, whose empty branch is zeros, and FLUX.1, which is told.
  @Test(arguments: [Model.sd3, .sd2]) func guidanceWithoutWordsChangesNothing(_ model: Model) throws {
    let (off, on) = (try generate(model).latent, try generate(model, guidance: 4).latent)
    let difference = try zip(off.floats(), on.floats()).map { abs($0 - $1) }.max() ?? .infinity
    #expect(difference < 1e-4)
  }

  @Test func stepsAreCountedAndStopped() throws {
    let record = StepRecord()
    let monitor = RestorationMonitor(
      report: { progress in if progress.stage == .denoise { record.add(progress.step) } }, cancellation: .never)
    _ = try generate(.sd3, steps: 3, monitor: monitor)
    #expect(record.steps == [0, 1, 2, 3])
    #expect(throws: CancellationError.self) {
      try generate(.sd3, monitor: RestorationMonitor(report: { _ in }, cancellation: CancellationCheck { true }))
    }
  }

  @Test func sidesMustFit() throws {
    let settings = GenerationSettings(width: 72, height: 64, steps: 1, guidance: 1)
    #expect {
      try GeneratorEntry.flux.load("nowhere", settings, dtype: .float32, device: .cpu)
    } throws: {
      "\($0)" == "generating pictures of 72x64 with 'flux': sides must be multiples of 16"
    }
  }

  @Test func aMissingPartIsNamed() throws {
    let folder = try TemporaryFolder()
    let settings = GenerationSettings(width: 64, height: 64, steps: 1, guidance: 1)
    for entry in GeneratorEntry.all {
      #expect {
        try entry.load(folder.path, settings, dtype: .float32, device: .cpu)
      } throws: {
        "\($0)".hasPrefix("Could not open the model '\(entry.name)' in '\(folder.path)': its part '")
      }
    }
  }
}

private final class StepRecord: @unchecked Sendable {
  private(set) var steps: [Int] = []
  func add(_ step: Int) { steps.append(step) }
}
