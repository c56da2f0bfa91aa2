internal import Foundation
public import Priors

/// The sizes and habits of a starter model: what its folder's `model.json` holds.
public struct StarterConfig: Sendable, Codable {
  /// The factor by which the model was trained to enlarge.
  public var scale = 4
  /// Side of the pixel blocks that the lossless codec turns into channels.
  public var unshuffle = 4
  /// Times of the few-step loop, noisiest first; a run of N steps uses the first N.
  public var times = [999, 749, 499, 249]
  /// Weight of the last prediction in the ControlNet's picture from the second step on (AddSR, prediction-based
  /// self-refinement). 0 keeps the low-quality picture, 1 is the paper's full replacement.
  public var refinementWeight = 0.4
  /// How much of the brightness that the steps after the first one add is in the result (1: as much as they add); nil for
  /// the last step's picture as it is.
  public var detail: Double?
  /// Sizes of the network that restores before the first step; nil for a model that begins with the enlarged picture itself.
  public var restorationModule: RestorationModule.Config?
  /// Orientations of the picture, 1 … 8, over which the restoration module's answer is averaged.
  public var views = 1
  /// Sizes of U-Net and ControlNet.
  public var network: UNetConfig

  enum CodingKeys: String, CodingKey {
    case scale, unshuffle, times, detail, views, network
    case refinementWeight = "refinement_weight"
    case restorationModule = "restoration_module"
  }

  /// A configuration with the default habits.
  public init(network: UNetConfig) { self.network = network }

  /// Reads `model.json`. Fields that are absent keep their defaults.
  /// - Throws: `DecodingError` for a field of another type or a value out of range.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    network = try values.decode(UNetConfig.self, forKey: .network)
    scale = try values.decodeIfPresent(Int.self, forKey: .scale) ?? scale
    unshuffle = try values.decodeIfPresent(Int.self, forKey: .unshuffle) ?? unshuffle
    times = try values.decodeIfPresent([Int].self, forKey: .times) ?? times
    refinementWeight = try values.decodeIfPresent(Double.self, forKey: .refinementWeight) ?? refinementWeight
    restorationModule = try values.decodeIfPresent(RestorationModule.Config.self, forKey: .restorationModule)
    views = try values.decodeIfPresent(Int.self, forKey: .views) ?? views
    detail = try values.decodeIfPresent(Double.self, forKey: .detail)
    func require(_ condition: Bool, _ key: CodingKeys, _ message: String) throws {
      guard condition else {
        throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: message)
      }
    }
    try require((1...16).contains(scale), .scale, "scale \(scale) is not within 1…16")
    try require((1...16).contains(unshuffle), .unshuffle, "unshuffle \(unshuffle) is not within 1…16")
    try require(!times.isEmpty && times.allSatisfy { (0...999).contains($0) }, .times, "times must be within 0…999")
    try require(zip(times, times.dropFirst()).allSatisfy(>), .times, "times must fall")
    try require((0...1).contains(refinementWeight), .refinementWeight, "refinement_weight is not within 0…1")
    if let sizes = restorationModule {
      try require(
        (1...4096).contains(sizes.width) && (1...256).contains(sizes.blocks), .restorationModule,
        "width \(sizes.width) and \(sizes.blocks) blocks are not within 1…4096 and 1…256")
    }
    try require(
      (1...SelfEnsemble.limit).contains(views), .views, "views \(views) is not within 1…\(SelfEnsemble.limit)")
    try require(detail.map { (0...4).contains($0) } ?? true, .detail, "detail \(detail ?? 0) is not within 0…4")
    let channels = 3 * unshuffle * unshuffle
    try require(
      network.inChannels == channels && network.outChannels == channels, .network,
      "in_channels and out_channels must be \(channels) for unshuffle \(unshuffle)")
    let types = network.downBlockTypes + network.upBlockTypes + [network.midBlockType]
    try require(
      types.allSatisfy { !$0.contains("CrossAttn") }, .network, "a starter has no text for cross-attention blocks")
    try require(
      (1...8).contains(network.blockOutChannels.count) && (1...8).contains(network.layersPerBlock), .network,
      "the number of levels and layers_per_block must be within 1…8")
  }

  /// A picture's sides must be multiples of this.
  public var sideMultiple: Int { unshuffle * network.sideMultiple }
}
