import Checkpoints
import Foundation
import Priors
import Restorers
import Torch

/// A loaded model and what it is asked to do again and again.
struct MeasuredTask {
  /// One pass.
  let pass: () throws -> Tensor

  /// Loads a task's model, weights mapped into memory.
  /// - Parameters:
  ///   - model: A folder in the published layout; the starter's own for the starter.
  ///   - inputs: See ``BenchmarkInputs``.
  init(_ name: TaskName, model: String, inputs: SafetensorsFile?, dtype: DType) throws {
    func input(_ key: String) throws -> Tensor {
      guard let inputs else { throw BenchmarkError("the task '\(name.rawValue)' needs --inputs FILE") }
      return try inputs.tensor(key)
    }
    func load<Component>(_ build: (ParameterPath) throws -> Component) throws -> Component {
      try ParameterLoader.load(try openCheckpoint(model), component: name.rawValue, dtype: dtype, build)
    }
    func config<Config: Decodable>(_ type: Config.Type) throws -> Config {
      try JSONDecoder().decode(type, from: try Data(contentsOf: URL(fileURLWithPath: model + "/config.json")))
    }
    switch name {
    case .unet, .start:
      let sizes = try config(UNetConfig.self)
      let network = try load { try UNet2DCondition($0, sizes) }
      let (sample, time) = (try input("sample"), try Tensor([Float(500)]))
      let context = Context(try input("context").to(dtype))
      pass = { try network(sample, timestep_B: time, context: context) }
    case .controlnet:
      let sizes = try config(UNetConfig.self)
      let network = try load { try ControlNet($0, sizes) }
      let (sample, time) = (try input("sample"), try Tensor([Float(500)]))
      let (picture, context) = (try input("condition"), Context(try input("context").to(dtype)))
      // The picture's way in counts: the reference library goes it in every pass.
      pass = {
        try network(sample, timestep_B: time, condition: try network.embed(picture), context: context).middle
      }
    case .vaeEncode:
      let sizes = try config(AutoencoderKLConfig.self)
      let network = try load { try AutoencoderKL($0, sizes) }
      let picture = try input("picture")
      pass = { try network.encode(picture).mean_BCHW }
    case .vaeDecode:
      let sizes = try config(AutoencoderKLConfig.self)
      let network = try load { try AutoencoderKL($0, sizes) }
      let latent = try input("latent")
      pass = { try network.decode(latent) }
    case .starter:
      guard let entry = RestorerRegistry.entry(recognising: model) else {
        throw BenchmarkError("'\(model)' holds no starter model: it needs model.json, unet/ and controlnet/")
      }
      let pipeline = RestorationPipeline(try entry.load(model, dtype, .cpu), device: .cpu)
      let picture = TensorPicture(
        colour_BCHW: try .rand([1, 3, 128, 128], generator: try Generator(seed: 1)), isGrey: false)
      pass = {
        try pipeline.restore(picture, target: .scale(4), request: RestorationRequest(steps: 4), monitor: .silent)
          .picture.colour_BCHW
      }
    }
  }
}

/// The inputs of every task but the starter's, float32.
enum BenchmarkInputs {
  /// Writes `sample` and `latent` (64×64, normal), `context` (77 tokens of 1024), `condition` (512×512 in 0…1) and `picture`
  /// (the same in -1…1).
  static func write(to path: String) throws {
    let generator = try Generator(seed: 0)
    let picture = try Tensor.rand([1, 3, 512, 512], generator: generator)
    try SafetensorsWriter.write(
      [
        "sample": try .randn([1, 4, 64, 64], generator: generator),
        "latent": try .randn([1, 4, 64, 64], generator: generator),
        "context": try .randn([1, 77, 1024], generator: generator),
        "condition": picture,
        "picture": try picture * 2 - 1,
      ], metadata: ["format": "pt"], to: path)
  }
}
