import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// The Diffusion Restoration Adapter from a folder to a picture, on both of its base models.
struct AdaptedRestorerTests {
  typealias System = TinyAdapterFolder.System

  @Test(arguments: System.allCases)
  func obeysEveryOption(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let restorer = try folder.restorer()
    try restorer.verify()
    #expect(restorer.readsPrompt)
    #expect(restorer.defaultSteps == (system == .sdxl ? 40 : 28))
    #expect(restorer.warnings.isEmpty)
    let usual = try TinyAdapterFolder.run(restorer)
    #expect(try TinyAdapterFolder.run(restorer) == usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.seed = 8 } != usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.steps = 4 } != usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.prompt = "a dog" } != usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.prompt = " " } == usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.negativePrompt = "blur" } != usual)
    // Restoration sampling's weight: half of it is the usual.
    #expect(try TinyAdapterFolder.run(restorer) { $0.fidelity = 0.5 } == usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.fidelity = 1 } != usual)
    #expect(try TinyAdapterFolder.run(restorer) { $0.fidelity = 0 } != usual)
  }

  /// SDXL stands for no negative prompt by zeros, SD 3 by an empty text.
  @Test func anAbsentNegativePromptIsTheModelsOwn() throws {
    let sdxl = try TinyAdapterFolder(.sdxl)
    let zeroed = try TinyAdapterFolder.run(sdxl.restorer())
    let empty = try TinyAdapterFolder.run(sdxl.restorer()) { $0.negativePrompt = "" }
    #expect(zeroed != empty)
    try sdxl.base.writeJSON(["force_zeros_for_empty_prompt": false], to: "model_index.json")
    #expect(try TinyAdapterFolder.run(sdxl.restorer()) == empty)
    let sd3 = try TinyAdapterFolder(.sd3)
    #expect(
      try TinyAdapterFolder.run(sd3.restorer()) == TinyAdapterFolder.run(sd3.restorer()) { $0.negativePrompt = "" })
  }

  @Test(arguments: System.allCases)
  func obeysEverySetting(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let usual = try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a dog" }
    func changed(_ settings: [String: Any]) throws -> [Float] {
      try folder.writeSettings(settings)
      return try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a dog" }
    }
    #expect(try changed([:]) == usual)
    #expect(try changed(["guidance": 5, "solver": "euler", "adapter_scale": 1, "t5": true]) == usual)
    #expect(try changed(["guidance": 2]) != usual)
    #expect(try changed(["guidance": 1]) != usual)
    #expect(try changed(["adapter_scale": 0]) != usual)
    #expect(try changed(["adapter_scale": 0.5]) != usual)
    #expect(try changed(["restoration_sampling": ["w": 0.9]]) != usual)
    #expect(try changed(["restoration_sampling": ["a": 0.1]]) != usual)
    #expect(try changed(["restoration_sampling": ["target": "latent"]]) != usual)
    #expect(try changed(["restoration_sampling": ["progress": "sigma"]]) != usual)
    #expect(try changed(["degradation_words": "low-resolution, compressed"]) != usual)
    #expect(try changed(["negative_prompt": "noise"]) != usual)
    // What the user says counts before the settings' own words.
    #expect(try changed(["prompt": "a cat"]) == usual)
    let spoken = try TinyAdapterFolder.run(folder.restorer())
    #expect(try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a cat" } == spoken)
    try folder.writeSettings(["steps": 3])
    let restorer = try folder.restorer()
    #expect(restorer.defaultSteps == 3)
    #expect(try TinyAdapterFolder.run(restorer) { ($0.steps, $0.prompt) = (nil, "a dog") } == usual)
    if system == .sdxl {
      #expect(try changed(["solver": "dpm-solver++"]) != usual)
      #expect(try changed(["told_side": 512]) != usual)
    }
  }

  /// A new adapter, and one whose factor is 0 but for its LoRA, leave the base model as it is.
  @Test(arguments: System.allCases)
  func aNewAdapterChangesNothing(_ system: System) throws {
    let new = try TinyAdapterFolder(system, isTrained: false)
    let usual = try TinyAdapterFolder.run(new.restorer())
    try new.writeSettings(["adapter_scale": 0])
    #expect(try TinyAdapterFolder.run(new.restorer()) == usual)
    let trained = try TinyAdapterFolder(system)
    #expect(try TinyAdapterFolder.run(trained.restorer()) != usual)
    // What is left is the LoRA.
    try trained.writeSettings(["adapter_scale": 0])
    #expect(try TinyAdapterFolder.run(trained.restorer()) != usual)
  }

  @Test func t5IsLeftOutWhereItIsAbsentOrUnwanted() throws {
    let folder = try TinyAdapterFolder(.sd3)
    let with = try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a dog" }
    try folder.writeSettings(["t5": false])
    let without = try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a dog" }
    #expect(with != without)
    try folder.writeSettings([:])
    try folder.base.remove("text_encoder_3")
    #expect(try TinyAdapterFolder.run(folder.restorer()) { $0.prompt = "a dog" } == without)
  }

  @Test func theSchedulersSolverMustGoWithTheModel() throws {
    let folder = try TinyAdapterFolder(.sd3)
    try folder.writeSettings(["solver": "dpm-solver++"])
    let error = #expect(throws: SchedulerError.self) { try TinyAdapterFolder.run(folder.restorer()) }
    #expect(error?.message.contains("the solver 'dpm-solver++' was asked of a model of rectified flow") == true)
  }

  @Test(arguments: System.allCases)
  func tilesCoverLargerPictures(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let restorer = try folder.restorer()
    let input = try TinyAdapterFolder.input(height: 64, width: 128)
    func run(_ tile: Int?) throws -> Tensor {
      try restorer.restore(input, RestorationRequest(steps: 2, seed: 7), tile: tile, monitor: .silent)
    }
    let (whole, tiled) = (try run(nil), try run(64))
    #expect(tiled.shape == [1, 3, 64, 128])
    #expect(try distance(tiled, whole) > 0)
    #expect(try run(128).floats() == whole.floats())
  }

  @Test(arguments: System.allCases)
  func bfloat16StaysNear(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let entry = try #require(RestorerRegistry.entry(named: system.rawValue))
    let usual = try TinyAdapterFolder.run(folder.restorer()) { $0.steps = 1 }
    let short = try TinyAdapterFolder.run(entry.load(folder.path, .bfloat16, .cpu)) { $0.steps = 1 }
    let worst = zip(usual, short).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < 0.3 && worst > 0, "\(worst)")
  }

  /// The published autoencoders give black pictures in float16.
  @Test(arguments: System.allCases)
  func theAutoencoderIsNeverInFloat16(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let files = try AdapterFiles(folder.path, model: system.rawValue, defaultSteps: 1)
    switch system {
    case .sdxl:
      let model = try SDXLAdapterModel(files, dtype: .float16, device: .cpu)
      #expect(model.autoencoder.dtype == .float32)
    case .sd3:
      let model = try SD3AdapterModel(files, dtype: .float16, device: .cpu)
      #expect(model.autoencoder.dtype == .float32)
      #expect(try model.encode(prompt: "a dog", negative: nil).prompt.text_BTE.shape == [1, 333, 40])
    }
  }
}
