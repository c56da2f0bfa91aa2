import Foundation
import TestSupport
import Testing

@testable import Training

struct TrainingKindTests {
  private func words(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func kindsAreFoundByName() throws {
    #expect(
      TrainingKind.all.map(\.name) == [
        "starter", "seesr", "addsr", "dape", "stablesr", "restoration-adapter", "fluxir", "prior",
      ])
    for kind in TrainingKind.all { #expect(try TrainingKind.named(kind.name, recipe: "r").name == kind.name) }
    #expect(
      words { _ = try TrainingKind.named("sesr", recipe: "r.yaml") }
        == "reading the recipe r.yaml: unknown kind 'sesr'; did you mean 'seesr'?")
    #expect(
      words { _ = try TrainingKind.named("42", recipe: "r.yaml") }
        == "reading the recipe r.yaml: unknown kind '42'; there are \(TrainingKind.all.map(\.name).joined(separator: ", "))"
    )
  }

  private func read<Kind: RecipeKind>(_ text: String, _ kind: Kind.Type) throws -> TrainingRecipe<Kind> {
    try RecipeReader.read(text, name: "r.yaml", defaults: TrainingRecipe<Kind>())
  }

  /// All that a kind's defaults say is a recipe of it.
  @Test func defaultsAreRecipes() throws {
    func check<Kind: RecipeKind>(_ kind: Kind.Type) throws {
      func json(_ recipe: TrainingRecipe<Kind>) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(recipe), as: UTF8.self)
      }
      // JSON is YAML.
      let text = try json(TrainingRecipe<Kind>())
      #expect(try json(read(text, kind)) == text)
      #expect(try read("kind: \(Kind.name)", kind).kind == Kind.name)
    }
    try check(StarterKind.self)
    try check(SeeSRKind.self)
    try check(AddSRKind.self)
    try check(DAPEKind.self)
    try check(AdapterKind.self)
    try check(PriorKind.self)
    try check(StableSRKind.self)
    try check(FluxIRKind.self)
  }

  /// A key of a part leaves the kind's other choices as they are.
  @Test func partsKeepTheKindsDefaults() throws {
    let recipe = try read("data: {batch: 3}\noptimiser: {clip: 2}", SeeSRKind.self)
    let usual = SeeSRRecipe()
    #expect(recipe.data.batch == 3 && recipe.data.crop == 512 && recipe.data.degradation == "real-esrgan")
    #expect(recipe.data.drawn == 0 && recipe.data.clean == 0)
    #expect(recipe.optimiser.clip == 2 && recipe.optimiser.rate == usual.optimiser.rate)
    #expect(recipe.optimiser.course == .constant && recipe.optimiser.beta2 == 0.999)
  }

  @Test func misspeltKeysAreNamedInEveryKind() {
    #expect(
      words { _ = try read("model: {bse: x}", SeeSRKind.self) }
        == "reading the recipe r.yaml: unknown key 'model.bse'; did you mean 'base'?")
    #expect(
      words { _ = try read("model: {adapter: {site: [mid]}}", AdapterKind.self) }
        == "reading the recipe r.yaml: unknown key 'model.adapter.site'; did you mean 'sites'?")
    #expect(
      words { _ = try read("objective: {times: {deviatoin: 1}}", AdapterKind.self) }
        .hasPrefix("reading the recipe r.yaml: unknown key 'objective.times.deviatoin'; did you mean 'deviation'?"))
    #expect(
      words { _ = try read("model: {network: {block_out_chanels: 1}}", PriorKind.self) }
        == "reading the recipe r.yaml: unknown key 'model.network.block_out_chanels'; did you mean 'block_out_channels'?"
    )
  }

  @Test(arguments: [
    ("objective: {drop: 2}", "'objective.drop': the share is 2.0; it must be within 0…1"),
    ("model: {system: sdxl}", "'model.system': 'sdxl' is not known; it takes sdxl-adapter and sd3-adapter"),
    ("model: {told_side: 1}", "'model.told_side': 1 is out of range; it takes 64 to 16384"),
    ("objective: {lora_rate: -1}", "'objective.lora_rate': the factor is -1.0; it must be at least 0"),
    (
      "data: {degradation: real-esrgn}",
      "'data.degradation': looking for the degradation recipe 'real-esrgn': there are bicubic-x4, blur-x4, noise-x4, "
        + "mixture-x4, real-esrgan, real-esrgan-mild, stablesr, bsrgan, blind-x4; did you mean 'real-esrgan'?"
    ),
    ("schedule: {keep: 0}", "'schedule.keep': 0 states; there must be at least 1"),
    ("optimiser: {accumulation: 0}", "'optimiser.accumulation': 0 batches a step; there must be at least 1"),
    ("optimiser: {beta2: 1}", "'optimiser.beta2': the decay is 1.0; it must be at least 0 and below 1"),
    ("optimiser: {floor: 2}", "'optimiser.floor': the share is 2.0; it must be within 0…1"),
  ])
  func valuesOutOfRangeAreRefused(text: String, message: String) {
    #expect(words { _ = try read(text, AdapterKind.self) } == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: [
    ("objective: {adversarial: -1}", "'objective.adversarial': the factor is -1.0; it must be at least 0"),
    (
      "objective: {discriminator_rate: -1}", "'objective.discriminator_rate': the factor is -1.0; it must be at least 0"
    ),
    ("objective: {two_pass: 2}", "'objective.two_pass': the share is 2.0; it must be within 0…1"),
    ("objective: {refinement: 2}", "'objective.refinement': the share is 2.0; it must be within 0…1"),
    ("objective: {space: pixel}", "'objective.space': 'pixel' is not known; it takes pixels and latents"),
    (
      "objective: {timestep_weight: {form: papre}}",
      "'objective.timestep_weight.form': 'papre' is not known; it takes paper, release and constant"
    ),
    (
      "objective: {timestep_weight: {ratio: 0}}", "'objective.timestep_weight.ratio': it is 0.0; it must be above 0"
    ),
    ("objective: {timestep_weight: {rate: 1}}", "unknown key 'objective.timestep_weight.rate'; did you mean 'ratio'?"),
    ("model: {trained: none}", "'model.trained': 'none' is not known; it takes transformers, controlnet and all"),
    (
      "model: {discriminator: {features: dino}}",
      "'model.discriminator.features': 'dino' is not known; it takes tagger and unet"
    ),
    (
      "model: {discriminator: {noise: 0}}",
      "'model.discriminator.noise': the share is 0.0; it must be above 0 and at most 1"
    ),
    ("model: {discriminator: {width: 6}}", "'model.discriminator.width': it is 6; it must be a multiple of 4"),
  ])
  func addSRsValuesAreChecked(text: String, message: String) {
    #expect(words { _ = try read(text, AddSRKind.self) } == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: [
    ("model: {rank: -1}", "'model.rank': it is -1; it must be within 0…4096"),
    ("model: {alpha: -1}", "'model.alpha': it is -1.0; it must be at least 0"),
    ("objective: {logits: -1}", "'objective.logits': the factor is -1.0; it must be at least 0"),
    ("objective: {logits: 0, representation: 0}", "'objective.logits': both parts count 0; one must count more"),
    ("objective: {logit: 1}", "unknown key 'objective.logit'; did you mean 'logits'?"),
  ])
  func dapesValuesAreChecked(text: String, message: String) {
    #expect(words { _ = try read(text, DAPEKind.self) } == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: [
    ("model: {stage: 3}", "'model.stage': there is no stage 3; it takes 1 and 2"),
    ("model: {hidden: 0}", "'model.hidden': 0 is out of range; it takes 1 to 65536"),
    ("model: {groups: 65}", "'model.groups': 65 is out of range; it takes 1 to 64"),
    (
      "model: {encoder: {num_heads: 3}}",
      "'model.encoder': num_heads 3 does not divide the width 256"
    ),
    (
      "model: {stage: 2}",
      "'model': stage 2 decodes what stage 1 makes; name the folder that stage 1 wrote ('structure: runs/…/model')"
    ),
    ("objective: {sampling_steps: 1}", "'objective.sampling_steps': 1 steps; it takes 2 to 1000"),
    (
      "objective: {lpips_trunk: vgg16.pth}",
      "'objective.lpips_heads': LPIPS has a trunk and heads; name 'lpips_trunk' and 'lpips_heads', or neither"
    ),
    ("objective: {lpips_weight: -1}", "'objective.lpips_weight': the factor is -1.0; it must be at least 0"),
    ("objective: {sharpn: true}", "unknown key 'objective.sharpn'; did you mean 'sharpen'?"),
  ])
  func stableSRsValuesAreChecked(text: String, message: String) {
    #expect(words { _ = try read(text, StableSRKind.self) } == "reading the recipe r.yaml: " + message)
  }

  @Test(arguments: [
    ("model: {layer: gates}", "'model.layer': 'gates' is not known; it is one of bottleneck, gate, token-gate"),
    ("model: {rank: 0}", "'model.rank': 0 is out of range; it takes 1 to 65536"),
    ("model: {guidance: 0}", "'model.guidance': the guidance is 0.0; it must be above 0"),
    ("objective: {pixel_weight: -1}", "'objective.pixel_weight': the factor is -1.0; it must be at least 0"),
    ("objective: {pixel_crop: 0}", "'objective.pixel_crop': the side is 0; it must be at least 1"),
    ("objective: {drop: 2}", "'objective.drop': the share is 2.0; it must be within 0…1"),
    ("data: {crop: 100}", "'data': the side of the crops, 100, is no multiple of 16"),
    ("objective: {pixel_wieght: 1}", "unknown key 'objective.pixel_wieght'; did you mean 'pixel_weight'?"),
  ])
  func fluxIRsValuesAreChecked(text: String, message: String) {
    #expect(words { _ = try read(text, FluxIRKind.self) } == "reading the recipe r.yaml: " + message)
  }

  /// A recipe that changes a number of the times keeps the kind's density.
  @Test func fluxIRsTimesAreShifted() throws {
    #expect(try read("objective: {times: {mu: 0.6}}", FluxIRKind.self).objective.times.density() == .shifted(mu: 0.6))
    #expect(try read("kind: fluxir", FluxIRKind.self).objective.times.density() == .shifted(mu: 1.15))
  }

  @Test(arguments: [
    ("name: logitnormal", "the density of times 'logitnormal' is not known; it is one of "),
    ("deviation: 0", "needs a mean, and a deviation above 0"),
  ])
  func densitiesThatAreNoneAreRefused(text: String, message: String) {
    let words = words { _ = try read("objective: {times: {\(text)}}", AdapterKind.self) }
    #expect(
      words.hasPrefix("reading the recipe r.yaml: 'objective.times.name': ") && words.contains(message), "\(words)")
  }
}
