import Checkpoints
import Foundation
import Priors
import Restorers
import TestModels
import Testing

struct RestorationAdapterConfigTests {
  private static func config<Config: Decodable>(_ json: String, as type: Config.Type) throws -> Config {
    try JSONDecoder().decode(type, from: Data(json.utf8))
  }

  private static let sdxl = """
    {"block_out_channels": [320, 640, 1280], "attention_head_dim": [5, 10, 20], "cross_attention_dim": 2048,
     "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
     "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
     "transformer_layers_per_block": [1, 2, 10], "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
     "projection_class_embeddings_input_dim": 2816}
    """

  private static func backbones() throws -> (sdxl: AdapterBackbone, sd2: AdapterBackbone, sd3: AdapterBackbone) {
    (.unet(try config(sdxl, as: UNetConfig.self)), .unet(UNetConfig()), .transformer(SD3TransformerConfig()))
  }

  private static func sd35() throws -> AdapterBackbone {
    .transformer(
      try config(
        #"{"qk_norm": "rms_norm", "dual_attention_layers": [0,1,2,3,4,5,6,7,8,9,10,11,12], "pos_embed_max_size": 384}"#,
        as: SD3TransformerConfig.self))
  }

  /// The published totals are 157 M and 80 M.
  @Test func numbersOfParameters() throws {
    let (sdxl, sd2, sd3) = try Self.backbones()
    let x1 = try RestorationAdapterConfig.x1.parameterCounts(for: sdxl)
    #expect(x1.adapters == 147_407_680 && x1.lowRank == 10_649_600 && x1.total == 158_057_280)
    let x2 = try RestorationAdapterConfig.x2.parameterCounts(for: sdxl)
    #expect(x2.adapters == 137_462_400 && x2.lowRank == 21_299_200 && x2.total == 158_761_600)
    let m1 = try RestorationAdapterConfig.m1.parameterCounts(for: sd3)
    #expect(m1.adapters == 70_379_520 && m1.lowRank == 9_388_032 && m1.total == 79_767_552)
    let x1OnSD2 = try RestorationAdapterConfig.standard(for: sd2).parameterCounts(for: sd2)
    #expect(x1OnSD2.adapters == 147_407_680 && x1OnSD2.lowRank == 1_597_440)
    let m1OnSD35 = try RestorationAdapterConfig.standard(for: Self.sd35()).parameterCounts(for: Self.sd35())
    #expect(m1OnSD35.adapters == 70_379_520 && m1OnSD35.lowRank == 11_943_936)
  }

  @Test func numbersOfEachSite() throws {
    let (sdxl, _, sd3) = try Self.backbones()
    func sites(_ config: RestorationAdapterConfig, _ backbone: AdapterBackbone) throws -> [String: Int] {
      var sums: [String: Int] = [:]
      for (key, shape) in try config.layout(for: backbone) where key.hasPrefix("ra.") {
        sums[String(key.split(separator: ".")[1]), default: 0] += shape.reduce(1, *)
      }
      return sums
    }
    #expect(try sites(.x1, sdxl) == ["d0": 4_204_480, "d1": 16_188_800, "d2": 63_097_600, "mid": 63_916_800])
    let later = 12_106_752
    #expect(
      try sites(.m1, sd3)
        == ["b0": 9_845_760, "b4": later, "b8": later, "b12": later, "b16": later, "b20": later])
  }

  @Test func keysOfACheckpoint() throws {
    let (sdxl, _, sd3) = try Self.backbones()
    let x1 = try RestorationAdapterConfig.x1.layout(for: sdxl)
    #expect(x1["ra.d0.lq_proj.weight"] == [320, 4] && x1["ra.d1.lq_proj.weight"] == [640, 320])
    #expect(x1["ra.mid.emb_proj.bias"] == [1280] && x1["ra.d2.rab.1.conv2.weight"] == [1280, 1280, 3, 3])
    #expect(x1["ra.d0.rab.0.norm1.weight"] == [320] && x1["ra.d0.out.weight"] == [320, 320])
    #expect(
      x1["unet.mid_block.attentions.0.transformer_blocks.9.attn1.to_out.0.lora_A.weight"] == [16, 1280])
    #expect(x1.keys.allSatisfy { !$0.contains("attn2") })
    let m1 = try RestorationAdapterConfig.m1.layout(for: sd3)
    #expect(m1["ra.b0.lq_proj.weight"] == [1536, 64] && m1["ra.b20.rab.0.down.weight"] == [384, 1536])
    #expect(m1["ra.b4.rab.1.mid.weight"] == [384, 384, 3, 3] && m1["ra.b4.rab.1.norm.bias"] == [1536])
    #expect(m1["transformer.transformer_blocks.22.attn.to_add_out.lora_B.weight"] == [1536, 16])
    #expect(m1["transformer.transformer_blocks.23.attn.to_add_out.lora_B.weight"] == nil)
  }

  @Test func backbonesByName() throws {
    let (sdxl, sd2, sd3) = try Self.backbones()
    #expect([sdxl.id, sd2.id, sd3.id, try Self.sd35().id] == ["sdxl", "sd2", "sd3-medium", "sd3.5-medium"])
    #expect(try TinyPrior(.unet).backbone.id == "unet-8-16-12" && TinyPrior(.transformer).backbone.id == "mmdit-3-16")
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var config = RestorationAdapterConfig.x2
    config.isStabilised = true
    config.embeddingOrder = .activationFirst
    config.bottleneckWidth = 7
    config.lowRank.alpha = 3
    let data = try JSONEncoder().encode(config)
    #expect(try JSONDecoder().decode(RestorationAdapterConfig.self, from: data) == config)
    let short = try Self.config(
      #"{"sites": ["d0", "mid"], "rab_kind": "t2i", "lora": {"rank": 4, "alpha": 4, "targets": ["attn1.to_q"]}}"#,
      as: RestorationAdapterConfig.self)
    #expect(
      short
        == RestorationAdapterConfig(
          sites: [.down(0), .middle], blockKind: .t2i, lowRank: LowRankConfig(rank: 4, targets: ["attn1.to_q"])))
  }

  @Test(
    arguments: [
      ([FeatureSite.down(0), .down(3)], 384, "the network has no site 'd3'; its sites go from 'd0' to 'u2'"),
      ([.block(0)], 384, "the network has no site 'b0'; its sites go from 'd0' to 'u2'"),
      ([.middle, .down(0)], 384, "'sites' are mid, d0; name each once, in the order of the network"),
      ([.middle, .middle], 384, "'sites' are mid, mid; name each once, in the order of the network"),
      ([], 384, "'sites' is empty; name at least one"),
      ([.middle], 0, "'rab_hidden' is 0; it goes from 1 to 65536"),
    ])
  func settingsThatDoNotGoWithTheNetworkAreRefused(_ sites: [FeatureSite], _ width: Int, _ words: String) throws {
    var config = RestorationAdapterConfig.x1
    (config.sites, config.bottleneckWidth) = (sites, width)
    let error = #expect(throws: CheckpointError.self) { try config.parameterCounts(for: Self.backbones().sdxl) }
    #expect(error?.message == "restoration adapters for 'sdxl': " + words)
  }

  @Test func layersThatAreNotThereAreRefused() throws {
    let error = #expect(throws: CheckpointError.self) {
      try RestorationAdapterConfig.m1.parameterCounts(for: TinyPrior(.transformer).backbone)
    }
    #expect(error?.message.hasPrefix("restoration adapters for 'mmdit-3-16': the network has no site 'b4'") == true)
    var config = RestorationAdapterConfig.x1
    config.lowRank.targets = ["attn1.to_everything"]
    let other = #expect(throws: CheckpointError.self) { try config.parameterCounts(for: Self.backbones().sdxl) }
    #expect(
      other?.message
        == "a LoRA was to change the layers 'attn1.to_everything', which the network has not; name layers of its own")
  }
}
