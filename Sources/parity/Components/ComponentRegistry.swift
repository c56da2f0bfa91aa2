/// Every component that fixtures and manifests can be of.
enum ComponentRegistry {
  static let components: [any ParityComponent] = [
    AddSRSamplerComponent(),
    AutoencoderComponent(),
    CLIPIQAComponent(),
    CLIPTextComponent(),
    ColorFixComponent(),
    ControlNetComponent(),
    LowRankComponent(),
    FluxPipelineComponent(),
    FluxTransformerComponent(),
    LPIPSComponent(),
    MANIQAComponent(),
    MUSIQComponent(),
    NIQEComponent(),
    PSNRAndSSIMComponent(),
    DegradationKernelsComponent(),
    DegradationNoiseComponent(),
    DiffJPEGComponent(),
    Filter2DComponent(),
    GaussianBlurComponent(),
    ImresizeComponent(),
    InterpolateComponent(),
    SD3TransformerComponent(),
    SchedulerComponent(),
    SeeSRSamplerComponent(),
    StableDiffusionPipelineComponent(),
    StableSRAggregationComponent(),
    StableSRAutoencoderComponent(),
    StableSREncoderComponent(),
    StableSRModelComponent(),
    StableSRSamplerComponent(),
    StableSRUNetComponent(),
    T5EncoderComponent(),
    TaggerComponent(),
    UNetComponent(),
    USMSharpComponent(),
  ]

  /// All names.
  static var names: [String] { components.flatMap(\.names) }

  /// The component of a name.
  static func component(_ name: String) -> (any ParityComponent)? { components.first { $0.names.contains(name) } }
}
