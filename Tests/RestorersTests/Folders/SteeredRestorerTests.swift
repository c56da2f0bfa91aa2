import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// SeeSR and AddSR from a folder to a picture.
struct SteeredRestorerTests {
  static func input() throws -> RestorationInput {
    let low = try smoothPicture(width: 16, height: 16) * 0.5 + 0.2
    return RestorationInput(
      enlarged_BCHW: try low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low)
  }

  static func run(_ restorer: any Restorer, _ change: (inout RestorationRequest) -> Void = { _ in }) throws -> [Float] {
    var request = RestorationRequest(seed: 7)
    change(&request)
    let restored = try restorer.restore(input(), request, tile: nil, monitor: .silent)
    #expect(restored.shape == [1, 3, 64, 64])
    return try restored.floats()
  }

  @Test func addSRObeysEveryOption() throws {
    let folder = try TinySteeredFolder(system: "addsr")
    let restorer = try AddSRRestorer(folder: folder.path("addsr"), dtype: .float32, device: .cpu)
    try restorer.verify()
    let usual = try Self.run(restorer)
    #expect(try Self.run(restorer) == usual)
    #expect(try Self.run(restorer) { $0.seed = 8 } != usual)
    #expect(try Self.run(restorer) { $0.steps = 3 } != usual)
    #expect(try Self.run(restorer) { $0.fidelity = 1 } != usual)
    // 0.8 (1 - f) is the release's 0.4 in the middle.
    #expect(try Self.run(restorer) { $0.fidelity = 0.5 } == usual)
    #expect(try Self.run(restorer) { $0.prompt = "a dog" } != usual)
    #expect(try Self.run(restorer) { $0.prompt = " , " } == usual)
  }

  @Test func seeSRObeysEveryOption() throws {
    let folder = try TinySteeredFolder(system: "seesr")
    let restorer = try SeeSRRestorer(folder: folder.path("seesr"), dtype: .float32, device: .cpu)
    #expect(restorer.defaultSteps == 50)
    let usual = try Self.run(restorer) { $0.steps = 3 }
    #expect(try Self.run(restorer) { $0.steps = 2 } != usual)
    #expect(try Self.run(restorer) { ($0.steps, $0.fidelity) = (3, 0.5) } == usual)
    #expect(try Self.run(restorer) { ($0.steps, $0.fidelity) = (3, 0.9) } != usual)
    #expect(try Self.run(restorer) { ($0.steps, $0.prompt) = (3, "a cat") } != usual)
    #expect(try Self.run(restorer) { ($0.steps, $0.negativePrompt) = (3, "noise") } != usual)
  }

  @Test func turboStandsOnSDTurboBesideSeeSR() throws {
    let folder = try TinySteeredFolder(system: "seesr")
    try folder.addTurbo(factor: 1)
    #expect(RestorerRegistry.entry(recognising: folder.path("sd-turbo"))?.name == "seesr-turbo")
    let restorer = try SeeSRRestorer(
      folder: folder.path("sd-turbo"), variant: .turbo, dtype: .float32, device: .cpu)
    try restorer.verify()
    #expect(restorer.defaultSteps == 2)
    let usual = try Self.run(restorer)
    #expect(try Self.run(restorer) { $0.steps = 3 } != usual)
    #expect(try Self.run(restorer) { $0.prompt = "a cat" } != usual)
    #expect(try Self.run(restorer) { $0.fidelity = 0.9 } != usual)
    // No guidance, so nothing to lead away from.
    #expect(try Self.run(restorer) { $0.negativePrompt = "noise" } == usual)

    try folder.addTurbo(factor: 0.5)
    let other = try SeeSRRestorer(folder: folder.path("sd-turbo"), variant: .turbo, dtype: .float32, device: .cpu)
    #expect(try Self.run(other) != usual, "the U-Net is SD-Turbo's")
  }

  @Test func turboNamesWhatIsMissing() throws {
    let folder = try TinySteeredFolder(system: "seesr")
    try folder.addTurbo(factor: 1)
    try folder.remove("seesr/unet")
    let error = #expect(throws: CheckpointError.self) {
      try SeeSRRestorer(folder: folder.path("sd-turbo"), variant: .turbo, dtype: .float32, device: .cpu)
    }
    #expect(
      error?.message.contains("its part 'seesr/unet' (SeeSR's U-Net with its image transformers) is not there") == true)
    #expect(error?.message.contains("`burnish models show seesr-turbo` lists all parts") == true)
  }

  @Test func fidelityTurnsTheKnobsOfTheTable() {
    func seeSR(_ fidelity: Double?) -> SeeSRSettings {
      SeeSRVariant.standard.settings(RestorationRequest(fidelity: fidelity))
    }
    #expect(seeSR(nil) == SeeSRSettings())
    #expect(seeSR(0).guidance == 10 && seeSR(0).start == .picture(time: 999))
    #expect(seeSR(1).guidance == 1 && seeSR(1).start == .picture(time: 599))
    let turbo = SeeSRVariant.turbo.settings(RestorationRequest(fidelity: 0))
    #expect(turbo == .turbo)
    #expect(SeeSRVariant.turbo.settings(RestorationRequest(fidelity: 1)).start == .picture(time: 599))
    #expect(AddSRRestorer.settings(RestorationRequest(fidelity: nil)) == AddSRSettings())
    #expect(AddSRRestorer.settings(RestorationRequest(fidelity: 0)).refinementWeight == 0.8)
    #expect(AddSRRestorer.settings(RestorationRequest(fidelity: 1)).refinementWeight == 0)
  }

  @Test(arguments: [
    ("stable-diffusion-2-base/vae", "its part 'vae' (Stable Diffusion 2: its autoencoder) is not there"),
    ("addsr/controlnet", "its part 'controlnet' (AddSR's ControlNet) is not there"),
  ])
  func whatIsMissingIsNamed(part: String, words: String) throws {
    let folder = try TinySteeredFolder(system: "addsr")
    try folder.remove(part)
    let error = #expect(throws: CheckpointError.self) {
      try AddSRRestorer(folder: folder.path("addsr"), dtype: .float32, device: .cpu)
    }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("`burnish models show addsr` lists all parts") == true)
  }

  @Test(arguments: ["DAPE.safetensors", "ram_tag_list.txt", "stable-diffusion-2-base/tokenizer"])
  func whatARunNeedsIsVerified(part: String) throws {
    let folder = try TinySteeredFolder(system: "addsr")
    let restorer = try AddSRRestorer(folder: folder.path("addsr"), dtype: .float32, device: .cpu)
    try folder.remove(part)
    #expect(throws: CheckpointError.self) { try restorer.verify() }
  }

  @Test func aPlainUNetIsToldFromSeeSRs() throws {
    let folder = try TinySteeredFolder(system: "seesr")
    let path = folder.path("seesr/unet/diffusion_pytorch_model.safetensors")
    let file = try SafetensorsFile(path: path)
    var plain: [String: Tensor] = [:]
    for key in file.keys where !key.contains("image_attentions") { plain[key] = try file.tensor(key).cloned() }
    try SafetensorsWriter.write(plain, metadata: [:], to: path)
    let error = #expect(throws: CheckpointError.self) {
      try SeeSRRestorer(folder: folder.path("seesr"), dtype: .float32, device: .cpu)
    }
    #expect(error?.message.contains("it holds no image transformers") == true)
  }

  @Test func theRegistryTellsTheTwoApart() throws {
    let folder = try TinySteeredFolder(system: "addsr")
    #expect(RestorerRegistry.entry(recognising: folder.path("addsr"))?.name == "addsr")
    #expect(RestorerRegistry.entry(recognising: folder.folder.path)?.name == "addsr")
    let other = try TinySteeredFolder(system: "seesr")
    #expect(RestorerRegistry.entry(recognising: other.path("seesr"))?.name == "seesr")
    #expect(RestorerRegistry.entry(recognising: other.path("stable-diffusion-2-base")) == nil)
  }
}
