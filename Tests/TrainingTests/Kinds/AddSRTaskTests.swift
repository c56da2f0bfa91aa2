import Checkpoints
import Foundation
import Priors
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

struct AddSRTaskTests {
  private let folder: TinySteeredFolder

  init() throws {
    try useOneThread()
    folder = try TinySteeredFolder(system: "seesr")
    try folder.shrinkTagger()
    // The recorded networks are random: no denoisers. What they answer is here the clean latent itself, so that student and
    // teacher are two functions that can meet.
    try folder.folder.write(
      Data(
        #"""
        {"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
         "prediction_type": "sample"}
        """#.utf8),
      to: "stable-diffusion-2-base/scheduler/scheduler_config.json")
  }

  private func recipe(_ change: (inout AddSRRecipe) -> Void = { _ in }) -> AddSRRecipe {
    var recipe = AddSRRecipe()
    recipe.model.base = folder.folder.path
    recipe.model.discriminator.width = 8
    recipe.model.discriminator.projection = 6
    change(&recipe)
    return recipe
  }

  private func task(_ recipe: AddSRRecipe) throws -> AddSRTask {
    try AddSRTask(recipe, device: .cpu, dtype: .float32)
  }

  private func plan(_ name: String = "run", steps: Int, rate: Double) -> RunPlan {
    var plan = KindRun<AddSRTask>.plan(folder.path(name), steps: steps, rate: rate)
    // Nothing moves but by a gradient.
    plan.optimiser.decay = 0
    return plan
  }

  /// A part of the loss with draws that are always the same, averaged over several.
  private func part(
    _ name: String, _ task: AddSRTask, _ parameters: [String: Tensor], _ batch: PictureBatch
  ) throws -> Double {
    try withoutGradient { () throws in
      let model = try task.model(ParameterDictionary(parameters))
      let values = try (0..<6 as Range<UInt64>).map { seed in
        try #require(task.losses(model, batch, random: Generator(seed: 900 + seed)).parts[name]).item()
      }
      return values.reduce(0, +) / 6
    }
  }

  @Test(
    arguments: zip(
      AddSRKind.Trained.allCases,
      [(DiscriminatorConfig.Features.tagger, AddSRKind.Space.pixels), (.unet, .pixels), (.unet, .latents)]))
  func aRunLearnsWhatIsTrainedAndNothingElse(
    trained: AddSRKind.Trained, choice: (features: DiscriminatorConfig.Features, space: AddSRKind.Space)
  ) throws {
    let task = try task(
      recipe {
        $0.model.trained = trained
        $0.model.discriminator.features = choice.features
        $0.objective.space = choice.space
      })
    let teacher = folder.path("seesr/unet/diffusion_pytorch_model.safetensors")
    let former = try Data(contentsOf: URL(fileURLWithPath: teacher))
    let batch = try KindRun<AddSRTask>.batch()
    let run = KindRun(task: task, plan: plan(steps: 6, rate: 2e-3))
    let (before, after) = try run.train(batch)
    for key in before.keys where !key.hasPrefix("discriminator.") {
      let isTransformer = key.contains("image_attentions.")
      switch trained {
      case .transformers: #expect(isTransformer || key.hasPrefix("controlnet.controlnet_cond_embedding."), "\(key)")
      case .controlnet: #expect(isTransformer || key.hasPrefix("controlnet."), "\(key)")
      case .all: break
      }
    }
    // A discriminator's last biases are the same to real and to made pictures: they learn nothing while no score has passed
    // the hinge.
    let unmoved = try KindRun<AddSRTask>.unmoved(before, after).filter { !$0.hasSuffix(".features.bias") }
    #expect(unmoved == [], "\(unmoved)")

    // What is frozen is written as it was; what is trained, as its average.
    #expect(try Data(contentsOf: URL(fileURLWithPath: teacher)) == former)
    let averages = try TrainingState(path: folder.path("run/state.safetensors")).part("average/")
    #expect(Set(averages.keys) == Set(before.keys.filter { !$0.hasPrefix("discriminator.") }))
    for name in ["unet", "controlnet"] {
      let file = "\(name)/diffusion_pytorch_model.safetensors"
      let (base, written) = (
        try SafetensorsFile(path: folder.path("seesr/" + file)),
        try SafetensorsFile(path: folder.path("run/model/addsr/" + file))
      )
      #expect(written.keys == base.keys)
      for key in base.keys {
        let wanted = try averages[name + "." + key] ?? base.tensor(key)
        #expect(try written.tensor(key).floats() == wanted.to(.float16).floats(), "\(key)")
      }
    }
    try restores(folder.path("run/model"), batch)
  }

  /// With draws that stay the same, the student comes nearer to its teacher's answers: after one pass and after two.
  @Test(arguments: AddSRKind.Trained.allCases, [0.0, 1])
  func theStudentFollowsItsTeacher(trained: AddSRKind.Trained, twoPass: Double) throws {
    let task = try task(
      recipe {
        $0.model.trained = trained
        $0.objective.twoPass = twoPass
      })
    let leaves = try TrainableParameters(task.firstParameters())
    let places = leaves.names.indices.filter { !leaves.names[$0].hasPrefix("discriminator.") }
    let optimiser = try AdamW(places.map { leaves.tensors[$0] }, settings: AdamW.Settings())
    let batch = try KindRun<AddSRTask>.batch()
    var course: [Double] = []
    for _ in 0..<12 {
      let losses = try task.losses(
        task.model(leaves.converted(to: .float32)), batch, random: Generator(seed: 12))
      course.append(try #require(losses.parts["distillation"]).item())
      try optimiser.step(leaves.gradients(of: losses.byPhase[0], at: places), learningRate: 2e-3)
    }
    // 0.30 to 0.66 of the first one.
    #expect(course[11] < 0.7 * course[0], "\(course)")
  }

  private func restores(_ model: String, _ batch: PictureBatch) throws {
    let entry = try #require(RestorerRegistry.entry(recognising: model))
    #expect(entry.name == "addsr")
    let restorer = try entry.load(model, .float32, .cpu)
    let low = try batch.low_BCHW.narrowed(0, from: 0, length: 1)
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 4, seed: 3), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
  }

  /// The student stands still: the discriminator learns to tell its pictures from the real ones.
  @Test(arguments: [DiscriminatorConfig.Features.tagger, .unet])
  func theDiscriminatorLearns(features: DiscriminatorConfig.Features) throws {
    let task = try task(
      recipe {
        $0.model.discriminator.features = features
        // Latents of the tiny autoencoder are small: more noise would hide them.
        $0.model.discriminator.noise = 0.02
        $0.objective.discriminatorRate = 2e7
      })
    let batch = try KindRun<AddSRTask>.batch()
    let (before, after) = try KindRun(task: task, plan: plan(steps: 30, rate: 1e-9)).train(batch)
    let (first, last) = (
      try part("discriminator", task, before, batch), try part("discriminator", task, after, batch)
    )
    // To 0.34 and to 0.84 of the first one.
    #expect(last < 0.9 * first, "\(first) fell to \(last)")
  }

  /// The student learns from what the discriminator says, and the discriminator's own loss does not reach the student.
  @Test(arguments: [DiscriminatorConfig.Features.tagger, .unet])
  func phasesAreApart(features: DiscriminatorConfig.Features) throws {
    let task = try task(recipe { $0.model.discriminator.features = features })
    let leaves = try TrainableParameters(task.firstParameters())
    let model = try task.model(leaves.converted(to: .float32))
    let losses = try task.losses(model, KindRun<AddSRTask>.batch(), random: Generator(seed: 2))
    let students = leaves.names.indices.filter { !leaves.names[$0].hasPrefix("discriminator.") }
    let tensors = students.map { leaves.tensors[$0] }
    #expect(try gradients(of: [losses.byPhase[1]], withRespectTo: tensors, retainGraph: true).allSatisfy { $0 == nil })
    let adversarial = try #require(losses.parts["adversarial"])
    let found = try gradients(of: [adversarial], withRespectTo: tensors, retainGraph: true)
    for (index, gradient) in zip(students, found) {
      #expect(try #require(gradient).abs().sum().item() > 0, "\(leaves.names[index])")
    }
    // lambda weighs what the discriminator says.
    let distillation = try #require(losses.parts["distillation"])
    #expect(
      try abs(losses.byPhase[0].item() - distillation.item() - 0.02 * adversarial.item())
        < 1e-5 * abs(losses.byPhase[0].item()))
  }

  @Test func everyChoiceCounts() throws {
    let batch = try KindRun<AddSRTask>.batch()
    let state = try task(recipe()).firstParameters()
    func loss(
      _ batch: PictureBatch, seed: UInt64 = 4, _ change: (inout AddSRRecipe) -> Void = { _ in }
    ) throws -> Double {
      let task = try task(recipe(change))
      return try withoutGradient {
        let model = try task.model(ParameterDictionary(state))
        return try task.losses(model, batch, random: Generator(seed: seed)).byPhase[0].item()
      }
    }
    let usual = try loss(batch)
    #expect(try loss(batch) == usual)
    #expect(try loss(batch, seed: 5) != usual)
    #expect(try loss(batch) { $0.objective.adversarial = 0.5 } != usual)
    #expect(try loss(batch) { $0.objective.space = .latents } != usual)
    #expect(try loss(batch) { $0.objective.drop = 1 } != usual)
    var other = batch
    other.captions[0] = "a dog"
    #expect(try loss(other) != usual)
    let two = try loss(batch) { $0.objective.twoPass = 1 }
    let one = try loss(batch) { $0.objective.twoPass = 0 }
    #expect(one != two)
    #expect(try loss(batch) { ($0.objective.twoPass, $0.objective.refinement) = (1, 0) } != two)
    #expect(try loss(batch) { ($0.objective.twoPass, $0.objective.refinement) = (1, 0.4) } != two)
    // Refinement is of the second pass alone.
    #expect(try loss(batch) { ($0.objective.twoPass, $0.objective.refinement) = (0, 0) } == one)
    // After one pass the release's weight is 2.1³ times the paper's 0.5.
    func distilled(_ form: TimestepWeight.Form) throws -> Double {
      try loss(batch) {
        ($0.objective.twoPass, $0.objective.timestepWeight.form) = (0, form)
        $0.objective.adversarial = 1e-30
      }
    }
    let (paper, release, constant) = (try distilled(.paper), try distilled(.release), try distilled(.constant))
    #expect(abs(release / paper - 9.261) < 1e-4 && abs(constant / paper - 2) < 1e-5, "\(paper) \(release) \(constant)")
  }

  @Test func thereIsATrainingWithoutADiscriminator() throws {
    let task = try task(recipe { $0.objective.adversarial = 0 })
    let batch = try KindRun<AddSRTask>.batch()
    let (before, after) = try KindRun(task: task, plan: plan(steps: 3, rate: 1e-3)).train(batch)
    #expect(before.keys.allSatisfy { !$0.hasPrefix("discriminator.") })
    #expect(try KindRun<AddSRTask>.unmoved(before, after) == [])
  }

  /// The prior's own way of predicting, with its divisions by small signals.
  @Test func noiseIsPredictedToo() throws {
    try folder.remove("stable-diffusion-2-base/scheduler")
    let task = try task(recipe())
    let batch = try KindRun<AddSRTask>.batch()
    var plan = plan(steps: 4, rate: 1e-3)
    // Random networks are far from any noise, and clipping would leave less of small gradients than Adam's epsilon.
    plan.optimiser.clip = 1e9
    let (before, after) = try KindRun(task: task, plan: plan).train(batch)
    let unmoved = try KindRun<AddSRTask>.unmoved(before, after).filter { !$0.hasPrefix("discriminator.") }
    #expect(unmoved == [], "\(unmoved)")
    try restores(folder.path("run/model"), batch)
  }

  @Test func picturesAreShownSideBySide() throws {
    let task = try task(recipe())
    let batch = try KindRun<AddSRTask>.batch()
    let model = try task.model(ParameterDictionary(try task.firstParameters()))
    let shown = try #require(try task.preview(model, batch))
    #expect(shown.shape == [2, 3, 64, 192])
    #expect(try shown.narrowed(3, from: 128, length: 64).floats() == batch.high_BCHW.floats())
    #expect(try shown.narrowed(3, from: 0, length: 64).floats() == batch.enlarged_BCHW().floats())
  }

  @Test func aRunGoesOnFromAModelAndFromItsState() throws {
    let batch = try KindRun<AddSRTask>.batch()
    _ = try KindRun(task: task(recipe()), plan: plan(steps: 2, rate: 1e-3)).train(batch)
    let state = try TrainingState(path: folder.path("run/state.safetensors"))
    let averages = state.part("average/")
    let next = try task(recipe { $0.start = folder.path("run/model") }).firstParameters()
    for (key, tensor) in next where !key.hasPrefix("discriminator.") {
      #expect(try tensor.floats() == #require(averages[key]).to(.float16).floats(), "\(key)")
    }

    // Straight through, and stopped half-way: the same weights, the discriminator's too.
    func train(_ steps: Int, _ name: String, resume: Bool) throws {
      let engine = try TrainingEngine(
        task(recipe()), plan(name, steps: 4, rate: 1e-3), resume: resume)
      try engine.run(
        TrainingSurroundings(
          batch: { _ in batch }, measure: { _, _ in [:] }, report: { _, _ in },
          shouldStop: { engine.stepsDone >= steps }))
    }
    try train(4, "straight", resume: false)
    try train(2, "stopped", resume: false)
    try train(4, "stopped", resume: true)
    let straight = try TrainingState(path: folder.path("straight/state.safetensors"))
    let stopped = try TrainingState(path: folder.path("stopped/state.safetensors"))
    #expect(straight.tensors.keys == stopped.tensors.keys)
    for (key, tensor) in straight.tensors {
      #expect(try tensor.floats() == #require(stopped.tensors[key]).floats(), "\(key)")
    }
  }

  @Test func aFolderWithoutSeeSRIsRefused() throws {
    try folder.remove("seesr/controlnet")
    let error = #expect(throws: CheckpointError.self) { try task(recipe()) }
    #expect(error?.message.contains("its part 'controlnet'") == true, "\(error?.message ?? "")")
  }

  @Test func bfloat16StaysNearFloat32() throws {
    let batch = try KindRun<AddSRTask>.batch()
    let state = try task(recipe()).firstParameters()
    func losses(_ dtype: DType) throws -> [String: Double] {
      let task = try AddSRTask(recipe(), device: .cpu, dtype: dtype)
      return try withoutGradient {
        let model = try task.model(ParameterDictionary(state.mapValues { try $0.to(dtype) }))
        return try task.losses(model, batch, random: Generator(seed: 4)).parts.mapValues { try $0.item() }
      }
    }
    let (long, short) = (try losses(.float32), try losses(.bfloat16))
    for (name, value) in long {
      let found = try #require(short[name])
      // bfloat16 keeps 8 bits, and passes follow upon passes.
      #expect(abs(found - value) < 0.1 * max(abs(value), 0.1), "\(name): \(value), \(found)")
    }
  }

  /// Memory is saved, and nothing else.
  @Test func recomputingChangesNoGradient() throws {
    let task = try task(recipe { $0.objective.twoPass = 1 })
    let leaves = try TrainableParameters(task.firstParameters())
    let batch = try KindRun<AddSRTask>.batch()
    func found(recomputing: Bool) throws -> [Float] {
      func losses() throws -> StepLosses {
        try task.losses(task.model(leaves.converted(to: .float32)), batch, random: Generator(seed: 2))
      }
      let losses = try recomputing ? withRecomputation { try losses() } : losses()
      let places = leaves.names.indices.filter { !leaves.names[$0].hasPrefix("discriminator.") }
      return try leaves.gradients(of: losses.byPhase[0], at: places).flatMap { try $0.floats() }
    }
    let (kept, again) = (try found(recomputing: false), try found(recomputing: true))
    let largest = kept.map(abs).max() ?? 0
    #expect(largest > 0 && zip(kept, again).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
  }

  /// Whole, or in a window of the tower's side; real and made pictures in the same.
  @Test func largePicturesAreSeenInWindows() throws {
    let tagger = try StableDiffusionPrior(folder.folder.path, model: "test", dtype: .float32, device: .cpu).tagger()
    let picture = try Tensor.rand([1, 3, tagger.side + 8, tagger.side + 4], generator: Generator(seed: 3))
    try withoutGradient {
      let whole = try tagger.maps(of: picture).map { try $0.floats() }
      var windows = 0
      for seed in 0..<6 as Range<UInt64> {
        let view = try DiscriminatorView(random: Generator(seed: seed))
        let maps = try view.maps(of: picture, tagger).map { try $0.floats() }
        #expect(try view.maps(of: picture, tagger).map { try $0.floats() } == maps)
        if maps != whole { windows += 1 }
      }
      #expect((1...5).contains(windows))
      // There is no window in what is not larger.
      let small = try picture.narrowed(2, from: 0, length: tagger.side)
      for seed in 0..<6 as Range<UInt64> {
        let view = try DiscriminatorView(random: Generator(seed: seed))
        #expect(try view.maps(of: small, tagger)[0].floats() == tagger.maps(of: small)[0].floats())
      }
    }
  }
}
