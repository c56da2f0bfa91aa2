import Foundation
import Priors
import Restorers
import TestModels
import Testing

struct StarterConfigTests {
  /// A sound configuration with one field changed; a point leads into `network`.
  static func read(_ key: String, _ value: any Sendable) throws -> StarterConfig {
    let sound = try JSONEncoder().encode(TinyStarter().config)
    var json = try #require(JSONSerialization.jsonObject(with: sound) as? [String: Any])
    if key.hasPrefix("network.") {
      var network = try #require(json["network"] as? [String: Any])
      network[String(key.dropFirst(8))] = value
      json["network"] = network
    } else {
      json[key] = value
    }
    return try JSONDecoder().decode(StarterConfig.self, from: JSONSerialization.data(withJSONObject: json))
  }

  @Test func habitsThatAreLeftOut() throws {
    let network = try JSONEncoder().encode(TinyStarter().config.network)
    let text = #"{"network": \#(String(decoding: network, as: UTF8.self))}"#
    let config = try JSONDecoder().decode(StarterConfig.self, from: Data(text.utf8))
    #expect(config.scale == 4 && config.unshuffle == 4)
    #expect(config.times == [999, 749, 499, 249] && config.refinementWeight == 0.4)
    #expect(config.sideMultiple == 16)
  }

  @Test func fieldsAreRead() throws {
    #expect(try Self.read("scale", 2).scale == 2)
    #expect(try Self.read("times", [800]).times == [800])
    #expect(try Self.read("refinement_weight", 1).refinementWeight == 1)
    #expect(try Self.read("network.layers_per_block", 2).network.layersPerBlock == 2)
  }

  @Test(
    arguments: [
      ("scale", 0, "scale 0 is not within 1…16"), ("scale", 17, "scale 17 is not within 1…16"),
      ("unshuffle", 0, "unshuffle 0 is not within 1…16"),
      ("unshuffle", 2, "in_channels and out_channels must be 12 for unshuffle 2"),
      ("times", [Int](), "times must be within 0…999"), ("times", [1000], "times must be within 0…999"),
      ("times", [-1], "times must be within 0…999"), ("times", [499, 749], "times must fall"),
      ("times", [499, 499], "times must fall"), ("refinement_weight", 1.5, "refinement_weight is not within 0…1"),
      ("refinement_weight", -0.1, "refinement_weight is not within 0…1"),
      ("network.in_channels", 4, "in_channels and out_channels must be 48 for unshuffle 4"),
      ("network.out_channels", 4, "in_channels and out_channels must be 48 for unshuffle 4"),
      ("network.layers_per_block", -1, "layers_per_block must be within 1…8"),
      ("network.layers_per_block", 0, "layers_per_block must be within 1…8"),
      ("network.norm_num_groups", 3, "norm_num_groups 3 does not divide the width 8"),
      ("network.norm_num_groups", 0, "sizes must be positive"),
      ("network.mid_block_type", "UNetMidBlock2DCrossAttn", "no text for cross-attention blocks"),
      ("network.down_block_types", ["DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"], "no text for"),
      ("network.down_block_types", ["DownBlock2D"], "1 entries for 3 levels"),
      ("network.block_out_channels", [Int](), "block_out_channels is empty"),
    ] as [(String, any Sendable, String)])
  func valuesOutOfRange(key: String, value: any Sendable, words: String) throws {
    let error = #expect(throws: DecodingError.self) { try Self.read(key, value) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.debugDescription.contains(words), "\(context.debugDescription)")
  }

  /// So many levels that the sides' multiple would leave the integers.
  @Test func tooManyLevels() throws {
    let levels = 70
    var network = UNetConfig()
    network.inChannels = 48
    network.outChannels = 48
    network.blockOutChannels = Array(repeating: 8, count: levels)
    network.downBlockTypes = Array(repeating: "DownBlock2D", count: levels)
    network.upBlockTypes = Array(repeating: "UpBlock2D", count: levels)
    network.midBlockType = "UNetMidBlock2D"
    network.transformerLayersPerBlock = Array(repeating: 1, count: levels)
    network.headCounts = Array(repeating: 1, count: levels)
    network.normGroups = 4
    let json = try JSONEncoder().encode(StarterConfig(network: network))
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(StarterConfig.self, from: json) }
  }

  @Test func theLoopIsTheFirstTimes() throws {
    let config = try TinyStarter().config
    for steps in 1...4 {
      #expect(
        try config.scheduler(steps: steps).levels.map(\.timestep) == [999, 749, 499, 249].prefix(steps).map { $0 })
    }
    #expect(throws: SchedulerError.self) { try config.scheduler(steps: 0) }
    #expect(throws: SchedulerError.self) { try config.scheduler(steps: 5) }
  }
}
