import Checkpoints
import Foundation
import Layers
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
    case .sdxl, .sdxlAdapter:
      let sizes = try config(UNetConfig.self)
      let network = try load { try UNet2DCondition($0, sizes) }
      let (sample, time) = (try input("large-sample"), try Tensor([Float(500)]))
      let prompt = try SDXLConditioning(
        text_BLD: try input("sdxl-text").to(dtype), pooledText_BD: try input("sdxl-pooled").to(dtype),
        sizes: .square(1024))
      let conditioning = UNetConditioning(text: prompt.text, added: prompt.added)
      let guide = name == .sdxlAdapter ? try Self.guide(.unet(sizes), try input("large-low"), dtype) : nil
      pass = { try network(sample, timestep_B: time, conditioning: conditioning, adapter: guide) }
    case .sd3, .sd3Adapter:
      let sizes = try config(SD3TransformerConfig.self)
      let network = try load { try SD3Transformer($0, sizes) }
      let (sample, time) = (try input("large-sample-16"), try Tensor([Float(500)]))
      let prompt = try network.prompt(
        text_BTE: try input("sd3-text").to(dtype), pooled_BP: try input("sd3-pooled").to(dtype))
      let guide = name == .sd3Adapter ? try Self.guide(.transformer(sizes), try input("large-low-16"), dtype) : nil
      pass = { try network(sample, timestep_B: time, prompt: prompt, adapter: guide) }
    case .flux, .fluxAdapter:
      pass = try Self.flux(
        try config(FluxTransformerConfig.self), try openCheckpoint(model), dtype, hasAdapter: name == .fluxAdapter)
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

extension MeasuredTask {
  /// New restoration adapters of the standard size: their arithmetic does not depend on what they learned.
  private static func guide(
    _ backbone: AdapterBackbone, _ low_BCHW: Tensor, _ dtype: DType
  ) throws -> any FeatureAdapter {
    let config = RestorationAdapterConfig.standard(for: backbone)
    let source = ParameterDictionary(
      try RestorationAdapter.newParameters(config, for: backbone, seed: 0), name: "new adapters")
    return try RestorationAdapter.load(source, config, for: backbone, dtype: dtype).looking(at: low_BCHW)
  }
}

extension MeasuredTask {
  /// A pass of FLUX.1 for a picture of 512×512, every block taken from the mapped file, alone or under a new FluxIR adapter
  /// of the standard size. Inputs are drawn here: nobody else is given them.
  private static func flux(
    _ sizes: FluxTransformerConfig, _ checkpoint: any Checkpoint, _ dtype: DType, hasAdapter: Bool
  ) throws -> () throws -> Tensor {
    let generator = try Generator(seed: 0)
    let network = try ParameterLoader.load(sizes.source(checkpoint), component: "flux", dtype: dtype) {
      try FluxTransformer($0, sizes, residency: BlockResidency.none)
    }
    let prior = FluxPrior(network)
    let config = FluxIRConfig()
    let sample_BCHW = try Tensor.randn([1, 16, 64, 64], generator: generator)
    let low_BCHW = try Tensor.randn([1, 16, 64, 64], generator: generator)
    let text_1TE = try Tensor.randn([1, config.textLength, sizes.textWidth], generator: generator).to(dtype)
    let pooled_1P = try Tensor.randn([1, sizes.pooledTextWidth], generator: generator).to(dtype)
    let prompt = try network.prompt(text_BTE: text_1TE, pooled_BP: pooled_1P)
    let whole = Tile(top: 0, left: 0, height: 64, width: 64)
    let level = NoiseLevel(timestep: 500, signal: 0.5, noise: 0.5)
    guard hasAdapter else { return { try prior.predict(sample_BCHW, at: level, prompt, in: whole) } }
    let start = try FluxIRStart(sizes.source(checkpoint), text_1TE: text_1TE, pooled_1P: pooled_1P, seed: 0)
    let parameters = try start.parameters(config, for: sizes).mapValues { try $0.to(dtype) }
    let adapter = try ParameterLoader.load(
      ParameterDictionary(parameters, name: "a new adapter"), component: "a new adapter", dtype: dtype
    ) { try FluxIRAdapter($0 / FluxIRAdapter.prefix, config, for: sizes) }
    let guided = try FluxIRPrior(prior, adapter, low_BCHW: low_BCHW)
    return { try guided.predict(sample_BCHW, at: level, prompt, in: whole) }
  }
}

/// The inputs of every task but the starter's and FLUX.1's, float32.
enum BenchmarkInputs {
  /// The file's name: another one when its contents change.
  static let fileName = "inputs-2.safetensors"

  /// Writes `sample` and `latent` (64×64, normal), `context` (77 tokens of 1024), `condition` (512×512 in 0…1) and `picture`
  /// (the same in -1…1); for pictures of 1024, latents of 4 and 16 channels and what SDXL and SD 3 are told.
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
        "large-sample": try .randn([1, 4, 128, 128], generator: generator),
        "large-low": try .randn([1, 4, 128, 128], generator: generator),
        "large-sample-16": try .randn([1, 16, 128, 128], generator: generator),
        "large-low-16": try .randn([1, 16, 128, 128], generator: generator),
        "sdxl-text": try .randn([1, 77, 2048], generator: generator),
        "sdxl-pooled": try .randn([1, 1280], generator: generator),
        "sd3-text": try .randn([1, 333, 4096], generator: generator),
        "sd3-pooled": try .randn([1, 2048], generator: generator),
      ], metadata: ["format": "pt"], to: path)
  }
}
