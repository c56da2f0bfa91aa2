import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers

/// What is said of files that are absent, damaged or another's.
struct AdapterFilesTests {
  typealias System = TinyAdapterFolder.System

  private func message(_ folder: TinyAdapterFolder) -> String {
    let error = #expect(throws: CheckpointError.self) { try folder.restorer() }
    return error?.message ?? ""
  }

  @Test(arguments: System.allCases)
  func aMissingAdapterIsExplained(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    try folder.base.remove("adapter.safetensors")
    let name = system == .sdxl ? "Stable Diffusion XL" : "Stable Diffusion 3"
    #expect(
      message(folder)
        == "Could not open the model '\(system.rawValue)' in '\(folder.path)': its part 'adapter' (restoration adapters and "
        + "LoRA for \(name), a file that Burnish's training writes) is not there; looked for adapter.safetensors, "
        + "restoration_adapter.safetensors in it and in the folder around it. It comes from your own training or that of "
        + "others: the paper's authors published no weights, and docs/models.md describes the file; `burnish models show "
        + "\(system.rawValue)` lists all parts.")
  }

  @Test(arguments: [
    (System.sdxl, "unet", "its part 'unet' (Stable Diffusion XL: its U-Net) is not there"),
    (.sdxl, "vae", "its part 'vae'"), (.sdxl, "text_encoder_2", "its part 'text_encoder_2'"),
    (.sd3, "transformer", "its part 'transformer'"), (.sd3, "text_encoder", "its part 'text_encoder'"),
  ])
  func aMissingPartIsNamed(system: System, part: String, words: String) throws {
    let folder = try TinyAdapterFolder(system)
    try folder.base.remove(part)
    #expect(message(folder).contains(words), "\(message(folder))")
  }

  /// A file that ends too early, in a part that is loaded with the first picture only.
  @Test(arguments: [
    (System.sdxl, "unet/diffusion_pytorch_model.safetensors"), (.sdxl, "text_encoder_2/model.safetensors"),
    (.sdxl, "adapter.safetensors"), (.sd3, "transformer/diffusion_pytorch_model.safetensors"),
    (.sd3, "text_encoder_3/model.safetensors"),
  ])
  func aFileThatIsCutShortIsNamed(system: System, name: String) throws {
    let folder = try TinyAdapterFolder(system)
    let path = folder.base.path(name)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count - 100).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: CheckpointError.self) { try folder.restorer() }
    #expect(error?.code == .truncated)
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
  }

  @Test func anotherFileInPlaceOfTheAdapterIsToldFromIt() throws {
    let folder = try TinyAdapterFolder(.sdxl)
    try folder.base.write(["unet.a.lora_A.weight": try .zeros([2, 2])], to: "adapter.safetensors")
    #expect(message(folder).contains("its metadata does not say that it holds any"), "\(message(folder))")
  }

  @Test func anAdapterOfAnotherModelIsRefused() throws {
    let (sdxl, sd3) = (try TinyAdapterFolder(.sdxl), try TinyAdapterFolder(.sd3))
    try sdxl.base.remove("adapter.safetensors")
    try FileManager.default.copyItem(
      atPath: sd3.base.path("adapter.safetensors"), toPath: sdxl.base.path("adapter.safetensors"))
    #expect(
      message(sdxl).contains("they were trained for 'mmdit-3-48', and this model is 'unet-8-16-24-20'"),
      "\(message(sdxl))")
  }

  @Test func anotherNetworkInPlaceOfSDXLsIsToldFromIt() throws {
    let folder = try TinyAdapterFolder(.sdxl)
    let path = folder.base.path("unet/config.json")
    var config = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any])
    config["addition_embed_type"] = nil
    try folder.base.writeJSON(config, to: "unet/config.json")
    #expect(message(folder).contains("it is not the U-Net of Stable Diffusion XL"), "\(message(folder))")
  }

  @Test(arguments: System.allCases)
  func aWeightThatIsMissingIsNamedBeforeAnyPicture(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let name = "\(system.kind.network)/diffusion_pytorch_model.safetensors"
    var weights = try folder.base.weights(system.kind.network).mapValues { try $0.cloned() }
    let key = try #require(weights.keys.sorted().last)
    weights[key] = nil
    try folder.base.write(weights, to: name)
    #expect(message(folder).contains("missing: \(key)"), "\(message(folder))")
  }

  @Test(arguments: System.allCases)
  func anAdapterOfOtherWeightsIsWarnedOf(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    try folder.writeAdapter(prior: "0123456789abcdef")
    let warnings = try folder.restorer().warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("was trained on other weights than those of") == true)
    let own = try PriorFingerprint.text(
      of: ParameterDictionary(folder.base.weights(system.kind.network)), folder.backbone())
    try folder.writeAdapter(prior: own)
    #expect(try folder.restorer().warnings.isEmpty)
  }

  @Test(arguments: System.allCases)
  func theRegistryKnowsThemByAdapterAndBase(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    #expect(RestorerRegistry.entry(recognising: folder.path)?.name == system.rawValue)
    #expect(
      RestorerRegistry.entry(recognising: folder.base.path("adapter.safetensors"))?.name == system.rawValue)
    try folder.base.remove("adapter.safetensors")
    // A folder of SD 3 says so in its configuration, which the recorded one has too.
    #expect(RestorerRegistry.entry(recognising: folder.path)?.name == system.rawValue)
    try folder.base.remove(system.kind.network)
    #expect(RestorerRegistry.entry(recognising: folder.path) == nil)
  }

  @Test(arguments: System.allCases)
  func theBaseModelMayLieElsewhere(_ system: System) throws {
    let folder = try TinyAdapterFolder(system)
    let usual = try TinyAdapterFolder.run(folder.restorer())
    let other = try TinyBaseFolder(system.kind)
    try folder.writeAdapter(to: "mine.safetensors")
    for name in ["mine.safetensors", "adapter.safetensors"] {
      try FileManager.default.copyItem(atPath: folder.base.path(name), toPath: other.path(name))
    }
    try other.remove("adapter.safetensors")
    try other.writeJSON(
      ["base": folder.path, "adapter": "mine.safetensors"], to: RestorationAdapterSettings.fileName)
    let entry = try #require(RestorerRegistry.entry(named: system.rawValue))
    #expect(entry.recognises(other.folder.path))
    #expect(try TinyAdapterFolder.run(entry.load(other.folder.path, .float32, .cpu)) == usual)
    #expect(try TinyAdapterFolder.run(entry.load(other.path("mine.safetensors"), .float32, .cpu)) == usual)
    try other.writeJSON(["base": "nowhere", "adapter": "mine.safetensors"], to: RestorationAdapterSettings.fileName)
    let error = #expect(throws: CheckpointError.self) { try entry.load(other.folder.path, .float32, .cpu) }
    #expect(
      error?.message == "Could not open the model '\(system.rawValue)': '\(other.path("nowhere"))', which 'base' in "
        + "restoration.json names as the base model, is not there.")
  }

  @Test(arguments: [
    (["step": 3] as [String: any Sendable], "'step': no such setting; there are steps, guidance,"),
    (["steps": 0], "'steps': 0 is out of range; it takes 1 to 1000"),
    (["guidance": -1], "'guidance': -1.0 is out of range; it takes 0 to 100"),
    (["solver": "heun"], "'solver': 'heun' is not known; there are 'euler' and 'dpm-solver++'"),
    (["adapter_scale": "much"], "'adapter_scale' is not a value of type Double"),
    (["restoration_sampling": ["w": 1.5]], "'restoration_sampling.w': 1.5 is out of range; it takes 0 to 1.0"),
    (["restoration_sampling": ["a": 1]], "'restoration_sampling.a': 1.0 is out of range; it takes 0 to 1.0"),
  ])
  func settingsAreRefusedWithTheirKey(settings: [String: any Sendable], words: String) throws {
    let folder = try TinyAdapterFolder(.sdxl)
    try folder.writeSettings(settings)
    #expect(message(folder).contains("restoration.json': " + words), "\(message(folder))")
  }

  @Test func whatIsTrainedIsShown() throws {
    for (name, line) in [
      (
        "sdxl-adapter",
        "trained:  147,407,680 parameters in adapters + 10,649,600 in LoRA = 158,057,280"
      ),
      ("sd3-adapter", "trained:  70,379,520 parameters in adapters + 9,388,032 in LoRA = 79,767,552"),
    ] {
      let entry = try #require(RestorerRegistry.entry(named: name))
      #expect(
        entry.details("/nowhere") == [
          line, "weights:  none are published by the paper's authors; an adapter has to be trained",
        ])
    }
  }

  @Test(arguments: System.allCases)
  func anAdapterOfThePublishedSizesIsCounted(_ system: System) throws {
    // A base of other sizes than the published ones is passed over.
    let entry = try #require(RestorerRegistry.entry(named: system.rawValue))
    #expect(try entry.details(TinyAdapterFolder(system).path).count == 2)
  }

  @Test func captionsAndWordsMakeASentence() {
    var settings = RestorationAdapterSettings(steps: 1)
    #expect(settings.text(nil) == "")
    #expect(settings.text(" a dog ") == "a dog")
    settings.degradationWords = "low-resolution"
    #expect(settings.text(nil) == "low-resolution")
    #expect(settings.text("a dog") == "a dog. low-resolution")
    #expect(settings.text("a dog.") == "a dog. low-resolution")
    settings.prompt = "a photo"
    #expect(settings.text(nil) == "a photo. low-resolution")
    #expect(settings.text("a dog") == "a dog. low-resolution")
  }
}
