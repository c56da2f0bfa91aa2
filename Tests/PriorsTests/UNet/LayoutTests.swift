import Checkpoints
import Foundation
import Priors
import Testing

/// Key names and shapes of the published checkpoints, without their memory.
struct LayoutTests {
  enum Network: String, Sendable { case unet, controlNet }

  struct Layout: Sendable, CustomTestStringConvertible {
    var name: String
    var network: Network
    var config: String
    /// What `make-priors.py layouts` prints; the headers of the published files give the same.
    var tensors: Int
    var numbers: Int
    var digest: UInt64
    var testDescription: String { name }
  }

  static let layouts = [
    Layout(
      name: "SD 2.1", network: .unet, config: UNetConfigTests.sd21, tensors: 686, numbers: 865_910_724,
      digest: 0xd5d5_1dd3_1550_dca4),
    Layout(
      name: "SDXL", network: .unet, config: UNetConfigTests.sdxl, tensors: 1680, numbers: 2_567_463_684,
      digest: 0xcab2_5da9_684e_612c),
    Layout(
      name: "ControlNet of SD 2.1", network: .controlNet, config: UNetConfigTests.controlNet, tensors: 340,
      numbers: 364_228_240, digest: 0xd942_1a0a_ea14_df63),
  ]

  @Test(arguments: layouts)
  func asksForThePublishedKeysAndShapes(_ layout: Layout) throws {
    let config = try JSONDecoder().decode(UNetConfig.self, from: Data(layout.config.utf8))
    let recorder = ParameterRecorder()
    let path = ParameterLoader(recorder).root
    switch layout.network {
    case .unet: _ = try UNet2DCondition(path, config)
    case .controlNet: _ = try ControlNet(path, config)
    }
    #expect(recorder.shapes.count == layout.tensors)
    #expect(recorder.shapes.values.reduce(0) { $0 + $1.reduce(1, *) } == layout.numbers)
    let lines = recorder.shapes.map { key, shape in "\(key) \(shape.map(String.init).joined(separator: ","))\n" }
    #expect(Self.digest(lines) == layout.digest)
  }

  /// FNV-1a of the lines in the order of their bytes.
  private static func digest(_ lines: [String]) -> UInt64 {
    let sorted = lines.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    return sorted.joined().reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  @Test func someKeysByName() throws {
    let recorder = ParameterRecorder()
    _ = try UNet2DCondition(ParameterLoader(recorder).root, UNetConfig())
    let expected = [
      "time_embedding.linear_1.weight": [1280, 320], "up_blocks.0.resnets.0.conv1.weight": [1280, 2560, 3, 3],
      "up_blocks.3.resnets.0.conv_shortcut.weight": [320, 960, 1, 1], "conv_out.weight": [4, 320, 3, 3],
      "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight": [320, 1024],
      "mid_block.attentions.0.proj_in.weight": [1280, 1280],
      "up_blocks.0.upsamplers.0.conv.weight": [1280, 1280, 3, 3],
    ]
    for (key, shape) in expected { #expect(recorder.shapes[key] == shape, "\(key)") }
  }

  @Test func aWayUpOfAnotherLengthIsRefused() throws {
    var config = UNetConfig()
    config.upBlockTypes = ["UpBlock2D", "UpBlock2D"]
    let error = #expect(throws: CheckpointError.self) {
      try UNet2DCondition(ParameterLoader(ParameterRecorder()).root, config)
    }
    #expect(error?.message == "building a U-Net: up_block_types has 2 entries for 4 levels")
  }
}
