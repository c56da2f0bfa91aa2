import Checkpoints
import Foundation
import TestSupport
import Testing
import Torch

struct LowRankFileTests {
  private static let weight = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0.weight"
  private static let convolution = "down_blocks.1.resnets.0.conv1.weight"
  private static let names = LowRankNames([weight, convolution, "conv_in.bias", "conv_in.weight"])
    .including(KeyMap.latentDiffusionUNet(levels: 3, attendingLevels: [0, 1]))

  private let down: Tensor
  private let up: Tensor

  init() throws {
    try useOneThread()
    down = try .randn([2, 3], generator: Generator(seed: 1))
    up = try .randn([4, 2], generator: Generator(seed: 2))
  }

  private func read(
    _ tensors: [String: Tensor], metadata: [String: String]? = nil, alpha: Double? = nil,
    names: LowRankNames = Self.names, ignoring: (String) -> Bool = { _ in false }
  ) throws -> [String: [LowRankUpdate]] {
    try LowRankFile.updates(
      ParameterDictionary(tensors, name: "lora.safetensors"), for: names, metadata: metadata, alpha: alpha,
      ignoring: ignoring)
  }

  private static let module = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0"

  /// One module as the programs of the field spell it.
  static let spellings: [(down: String, up: String)] = [
    ("unet.\(module).lora_A.weight", "unet.\(module).lora_B.weight"),
    ("\(module).lora_A.weight", "\(module).lora_B.weight"),
    ("base_model.model.\(module).lora_A.default.weight", "base_model.model.\(module).lora_B.default.weight"),
    ("unet.\(module).lora.down.weight", "unet.\(module).lora.up.weight"),
    (
      "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.down.weight",
      "unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.up.weight"
    ),
    (
      "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_out_0.lora_down.weight",
      "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_out_0.lora_up.weight"
    ),
    // SDXL's authors count blocks through all levels.
    (
      "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_out_0.lora_down.weight",
      "lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_out_0.lora_up.weight"
    ),
    (
      "diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_out.0.lora_A.weight",
      "diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_out.0.lora_B.weight"
    ),
  ]

  @Test(arguments: spellings)
  func everySpellingIsTheSameChange(_ down: String, _ up: String) throws {
    let updates = try read([down: self.down, up: self.up])
    #expect(Set(updates.keys) == [Self.weight])
    let update = try #require(updates[Self.weight]?.first)
    #expect(try update.down.floats() == self.down.floats() && update.up.floats() == self.up.floats())
    // Nobody says alpha: it is the rank.
    #expect(update.scale == 1 && update.rank == 2 && update.rows == nil)
  }

  @Test func convolutionsOfTheAuthorsOwnNames() throws {
    let name = "lora_unet_input_blocks_4_0_in_layers_2"
    let updates = try read([
      "\(name).lora_down.weight": .ones([2, 3, 3, 3]), "\(name).lora_up.weight": .ones([4, 2, 1, 1]),
      "\(name).alpha": Tensor([0.5] as [Float], []),
    ])
    #expect(updates[Self.convolution]?.map(\.scale) == [0.25])
  }

  @Test func stackedProjectionsAreTakenApart() throws {
    let parts = ["to_q", "to_k", "to_v"].map { "transformer_blocks.0.attn.\($0).weight" }
    let last = "norm_out.linear.weight"
    let names = LowRankNames(parts + [last]).including(SD3KeyMap(layers: 1, width: 4).origins)
    let stacked = try Tensor.randn([12, 2], generator: Generator(seed: 3))
    let halves = try Tensor.randn([8, 2], generator: Generator(seed: 4))
    let updates = try read(
      [
        "lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight": down,
        "lora_unet_joint_blocks_0_x_block_attn_qkv.lora_up.weight": stacked,
        "lora_unet_final_layer_adaLN_modulation_1.lora_down.weight": down,
        "lora_unet_final_layer_adaLN_modulation_1.lora_up.weight": halves,
      ], names: names)
    for (index, key) in parts.enumerated() {
      let update = try #require(updates[key]?.first)
      #expect(try update.up.floats() == stacked.narrowed(0, from: 4 * index, length: 4).floats())
      #expect(try update.down.floats() == down.floats() && update.rows == nil)
    }
    // The authors hold shift before scale.
    let swapped = try #require(updates[last]?.first).up.floats()
    let expected = try halves.floats()
    #expect(swapped == Array(expected[8...] + expected[..<8]))
  }

  @Test func alphaIsTakenFromWhereItStands() throws {
    let key = "unet.\(Self.module)"
    let pair = ["\(key).lora_A.weight": down, "\(key).lora_B.weight": up]
    func scale(_ tensors: [String: Tensor], metadata: String? = nil, alpha: Double? = nil) throws -> Double? {
      let metadata = metadata.map { ["lora_adapter_metadata": $0] }
      return try read(tensors, metadata: metadata, alpha: alpha)[Self.weight]?.first?.scale
    }
    #expect(try scale(pair) == 1)
    #expect(try scale(pair, alpha: 8) == 4)
    #expect(try scale(pair, metadata: #"{"unet.r": 2, "unet.lora_alpha": 6}"#, alpha: 8) == 3)
    #expect(
      try scale(pair, metadata: #"{"unet.lora_alpha": 6, "unet.alpha_pattern": {"attn1.to_out.0": 1}}"#) == 0.5)
    #expect(try scale(pair, metadata: #"{"unet.lora_alpha": 6, "unet.use_rslora": true}"#) == 6 / 2.0.squareRoot())
    let own = pair.merging(["\(key).alpha": try Tensor([5] as [Float], [])]) { $1 }
    #expect(try scale(own, metadata: #"{"unet.lora_alpha": 6}"#, alpha: 8) == 2.5)
  }

  private func refusal(
    _ tensors: [String: Tensor], metadata: [String: String]? = nil, _ body: (CheckpointError?) -> Void
  ) {
    body(#expect(throws: CheckpointError.self) { try read(tensors, metadata: metadata) })
  }

  @Test func keysOfNoLayerAreNamed() throws {
    refusal([
      "unet.mid_block.attn.lora_A.weight": down, "unet.mid_block.attn.lora_B.weight": up,
      "unet.\(Self.module).lora_A.weight": down, "unet.\(Self.module).lora_B.weight": up,
      "unet.\(Self.module).lora_C.weight": up,
    ]) { error in
      #expect(error?.code == .mismatch)
      #expect(
        error?.message
          == "reading the LoRA 'lora.safetensors': 3 of its 5 tensors belong to no layer of the network "
          + "('unet.\(Self.module).lora_C.weight', 'unet.mid_block.attn.lora_A.weight', "
          + "'unet.mid_block.attn.lora_B.weight'). Was it made for another model?")
    }
  }

  @Test func textEncodersPartIsNamedOrLeftToOthers() throws {
    let tensors = [
      "unet.\(Self.module).lora_A.weight": down, "unet.\(Self.module).lora_B.weight": up,
      "lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": down,
    ]
    refusal(tensors) { error in
      #expect(error?.message.hasSuffix("They change the text encoders; is only the network's part wanted?") == true)
    }
    #expect(try read(tensors, ignoring: { $0.hasPrefix("lora_te") }).count == 1)
  }

  @Test(
    arguments: [
      ("dora_scale", "DoRA"), ("hada_w1_a", "LoHa"), ("lokr_w2", "LoKr"),
      ("lora_mid.weight", "LoCon with a third factor"),
      ("diff", "whole differences"), ("diff_b", "a change of biases"),
    ])
  func otherMethodsAreRefused(_ ending: String, _ method: String) throws {
    let key = "lora_unet_conv_in.\(ending)"
    refusal([key: down]) { error in
      #expect(error?.code == .unsupported)
      #expect(
        error?.message
          == "reading the LoRA 'lora.safetensors': '\(key)' is of \(method); only plain LoRA is read here. Merge it "
          + "into its model with the tool that made it")
    }
  }

  @Test func halvesOfPairsAreRefused() throws {
    refusal(["unet.\(Self.module).lora_A.weight": down]) { error in
      #expect(
        error?.message
          == "reading the LoRA 'lora.safetensors': 'unet.\(Self.module)' has 'unet.\(Self.module).lora_A.weight' alone; "
          + "A and B are needed. Is the file whole?")
    }
    refusal(["conv_in.lora_A.weight": down, "conv_in.lora_B.weight": try .ones([4, 3])]) { error in
      #expect(
        error?.message
          == "reading the LoRA 'lora.safetensors': 'conv_in' has A [2, 3] and B [4, 3], which have no rank in common")
    }
  }

  @Test func metadataThatIsDamagedOrOfDoRAIsRefused() throws {
    let pair = ["conv_in.lora_A.weight": down, "conv_in.lora_B.weight": up]
    refusal(pair, metadata: ["lora_adapter_metadata": "[1"]) { error in
      #expect(error?.message.hasSuffix("its metadata 'lora_adapter_metadata' is not a JSON object") == true)
    }
    refusal(pair, metadata: ["lora_adapter_metadata": #"{"unet.use_dora": true}"#]) { error in
      #expect(error?.message.hasSuffix("its metadata says DoRA; only plain LoRA is read here") == true)
    }
  }

  @Test func whatIsWrittenIsPEFTAndIsReadAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("lora.safetensors")
    let wide = try LowRankUpdate(down: .ones([3, 5, 3, 3]), up: .ones([6, 3, 1, 1]), scale: 2)
    try LowRankFile.write(
      [Self.weight: [LowRankUpdate(down: down, up: up, scale: 0.5)], Self.convolution: [wide]], prefix: "unet", to: path
    )
    let file = try SafetensorsFile(path: path)
    #expect(
      file.keys == [
        "unet.\(Self.module).lora_A.weight", "unet.\(Self.module).lora_B.weight",
        "unet.down_blocks.1.resnets.0.conv1.lora_A.weight", "unet.down_blocks.1.resnets.0.conv1.lora_B.weight",
      ])
    let updates = try LowRankFile.updates(file, for: Self.names)
    #expect(updates[Self.weight]?.map(\.scale) == [0.5] && updates[Self.convolution]?.map(\.scale) == [2])
    #expect(try updates[Self.weight]?.first?.up.floats() == up.floats())
  }

  @Test func onlyWholeChangesAreWritten() throws {
    let folder = try TemporaryFolder()
    let update = LowRankUpdate(down: down, up: up, scale: 1)
    let error = #expect(throws: CheckpointError.self) {
      try LowRankFile.write([Self.weight: [update, update]], prefix: "unet", to: folder.file("lora.safetensors"))
    }
    #expect(error?.message.hasSuffix("'\(Self.weight)' has not just one change of all its rows.") == true)
  }

  @Test func newChangesAreOfTheTargetsAndBeginAtNothing() throws {
    let layout = [
      "a.attn1.to_q.weight": [4, 3], "b.attn1.to_q.weight": [4, 3], "a.attn2.to_q.weight": [4, 3],
      "a.attn1.to_q.bias": [4], "a.conv.weight": [4, 3, 3, 3],
    ]
    let initialiser = try ParameterInitialiser(seed: 1)
    let path = ParameterLoader(initialiser).root / "unet"
    let updates = try LowRankConfig(rank: 2, alpha: 1, targets: ["attn1.to_q", "conv"]).updates(path, layout: layout)
    #expect(Set(updates.keys) == ["a.attn1.to_q.weight", "b.attn1.to_q.weight", "a.conv.weight"])
    #expect(updates.values.allSatisfy { $0.map(\.scale) == [0.5] })
    #expect(initialiser.drawn["unet.a.conv.lora_A.weight"]?.shape == [2, 3, 3, 3])
    #expect(initialiser.drawn["unet.a.conv.lora_B.weight"]?.shape == [4, 2, 1, 1])
    for (key, tensor) in initialiser.drawn {
      #expect(try (tensor.abs().sum().item() == 0) == key.hasSuffix("lora_B.weight"), "\(key)")
    }
    let error = #expect(throws: CheckpointError.self) {
      try LowRankConfig(rank: 2, targets: ["to_k"]).modules(in: layout)
    }
    #expect(
      error?.message == "a LoRA was to change the layers 'to_k', which the network has not; name layers of its own")
    #expect(try LowRankConfig(rank: 0, targets: ["to_k"]).modules(in: layout).isEmpty)
  }
}
