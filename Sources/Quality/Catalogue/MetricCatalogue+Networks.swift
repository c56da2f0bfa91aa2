internal import Checkpoints
internal import Torch

// Metrics of networks, and how their published files are read.

extension MetricCatalogue {
  static let perceptual: [MetricEntry] = [
    MetricEntry(
      name: "lpips-alex", aliases: ["lpips"], summary: "LPIPS 0.1 with AlexNet, which papers report", kind: .pair,
      higherIsBetter: false, files: [.alexNet, .lpips(.alex)]
    ) { .pair(try lpips(.alex, trunk: .alexNet, $0)) },
    MetricEntry(
      name: "lpips-vgg", summary: "LPIPS 0.1 with VGG-16", kind: .pair, higherIsBetter: false,
      files: [.vgg16, .lpips(.vgg)]
    ) { .pair(try lpips(.vgg, trunk: .vgg16, $0)) },
    MetricEntry(
      name: "dists", summary: "DISTS at the picture's own size, as pyiqa has it", kind: .pair, higherIsBetter: false,
      files: [.vgg16, .dists]
    ) { request in
      let trunk = try loader(.vgg16, request)
      let weights = try loader(.dists, request)
      let metric = try DISTS(trunk: trunk.loader.root, weights: weights.loader.root, device: request.device)
      try trunk.check(ignoring: isNoConvolution)
      try weights.check()
      return .pair(metric)
    },
  ]

  static let learned: [MetricEntry] =
    MUSIQ.Variant.allCases.map { variant in
      MetricEntry(
        name: "musiq-" + variant.rawValue, aliases: variant == .koniq ? ["musiq"] : [],
        summary: "MUSIQ of \(variant.label)" + (variant == .koniq ? ", which papers report" : ""), kind: .single,
        higherIsBetter: true, files: [.musiq(variant)]
      ) { request in
        let config = variant.config
        return .single(
          try load(.musiq(variant), request) { try MUSIQ($0, config, variant: variant, device: request.device) })
      }
    }
    + MANIQA.Variant.allCases.map { variant in
      MetricEntry(
        name: "maniqa-" + variant.rawValue, aliases: variant == .pipal ? ["maniqa"] : [],
        summary: "MANIQA of \(variant.label)", kind: .single, higherIsBetter: true, files: [.maniqa(variant)]
      ) { request in
        .single(
          try load(.maniqa(variant), request, ignoring: MANIQA.hasNoUse) {
            try MANIQA($0, variant: variant, device: request.device)
          })
      }
    }
    + CLIPIQA.Prompts.allCases.map { prompts in
      MetricEntry(
        name: "clipiqa-" + prompts.rawValue, aliases: prompts == .fivePairs ? ["clipiqa"] : [],
        summary: prompts == .fivePairs
          ? "CLIP-IQA, the mean over five pairs of texts, pyiqa's and papers'"
          : "CLIP-IQA of one pair of texts, the original's",
        kind: .single, higherIsBetter: true, files: [.clip]
      ) { request in
        .single(try CLIPIQA(try open(.clip, request), prompts: prompts, device: request.device))
      }
    }

  static let sets: [MetricEntry] = [
    MetricEntry(
      name: "fid-clean", aliases: ["fid"], summary: "FID of the folder beside the reference folder, clean resize",
      kind: .sets, higherIsBetter: false, files: [.inception]
    ) { request in
      .sets(try load(.inception, request, ignoring: FID.hasNoUse) { try FID($0, device: request.device) })
    }
  ]

  // MARK: Reading

  /// One load, with the words for its end.
  private struct OpenedFile {
    let path: String
    let loader: ParameterLoader

    func check(ignoring: (String) -> Bool = { _ in false }) throws {
      try loader.finish(ignoring: ignoring).check(component: "a metric", source: path)
    }
  }

  private static func open(_ file: MetricFile, _ request: MetricEntry.Request) throws -> any Checkpoint {
    guard let path = file.find(in: request.folder) else {
      throw QualityError(.configuration, "\(file.names[0]) is not in \(request.folder)")
    }
    return try openCheckpoint(path)
  }

  private static func loader(_ file: MetricFile, _ request: MetricEntry.Request) throws -> OpenedFile {
    let checkpoint = try open(file, request)
    return OpenedFile(
      path: checkpoint.name, loader: ParameterLoader(checkpoint, dtype: .float32, device: request.device))
  }

  private static func load<Network>(
    _ file: MetricFile, _ request: MetricEntry.Request, ignoring: (String) -> Bool = { _ in false },
    _ build: (ParameterPath) throws -> Network
  ) throws -> Network {
    let opened = try loader(file, request)
    let network = try build(opened.loader.root)
    try opened.check(ignoring: ignoring)
    return network
  }

  private static func lpips(
    _ kind: LPIPS.Trunk, trunk file: MetricFile, _ request: MetricEntry.Request
  ) throws -> LPIPS {
    let trunk = try loader(file, request)
    let heads = try loader(.lpips(kind), request)
    let metric = try LPIPS(kind, trunk: trunk.loader.root, heads: heads.loader.root, device: request.device)
    try trunk.check(ignoring: isNoConvolution)
    try heads.check()
    return metric
  }

  /// Classifiers' last layers, most of such a file.
  private static func isNoConvolution(_ key: String) -> Bool { !key.hasPrefix("features.") }
}

extension MUSIQ.Variant {
  /// The data set's name.
  fileprivate var label: String {
    switch self {
    case .koniq: "KonIQ-10k"
    case .spaq: "SPAQ"
    case .paq2piq: "PaQ-2-PiQ"
    case .ava: "AVA (grades 1 … 10)"
    }
  }

  fileprivate var config: MUSIQConfig {
    var config = MUSIQConfig()
    if self == .ava { config.grades = 10 }
    return config
  }
}

extension MANIQA.Variant {
  /// The data set's name, and what to know about it.
  fileprivate var label: String {
    switch self {
    case .pipal: "PIPAL (scale 0.13), which SeeSR and OSEDiff report"
    case .koniq: "KonIQ-10k (scale 0.8), pyiqa's plain name"
    case .kadid: "KADID-10k (scale 0.8)"
    }
  }
}
