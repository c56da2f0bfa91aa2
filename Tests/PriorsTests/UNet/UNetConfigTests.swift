import Foundation
import Priors
import Testing

struct UNetConfigTests {
  private func read(_ json: String) throws -> UNetConfig {
    try JSONDecoder().decode(UNetConfig.self, from: Data(json.utf8))
  }

  /// What a refusal says.
  private func words(_ json: String) -> String {
    do {
      _ = try read(json)
      return "nothing"
    } catch DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context) {
      return context.debugDescription
    } catch {
      return "\(error)"
    }
  }

  static let sd21 = #"""
    {"_class_name": "UNet2DConditionModel", "act_fn": "silu", "attention_head_dim": [5, 10, 20, 20],
     "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 1024,
     "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
     "downsample_padding": 1, "dual_cross_attention": false, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4,
     "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32,
     "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4, "sample_size": 64,
     "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
     "use_linear_projection": true, "upcast_attention": false}
    """#

  static let sdxl = #"""
    {"_class_name": "UNet2DConditionModel", "act_fn": "silu", "addition_embed_type": "text_time",
     "addition_embed_type_num_heads": 64, "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
     "attention_type": "default", "block_out_channels": [320, 640, 1280], "center_input_sample": false,
     "class_embed_type": null, "class_embeddings_concat": false, "conv_in_kernel": 3, "conv_out_kernel": 3,
     "cross_attention_dim": 2048, "cross_attention_norm": null,
     "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"], "downsample_padding": 1,
     "dual_cross_attention": false, "encoder_hid_dim": null, "encoder_hid_dim_type": null, "flip_sin_to_cos": true,
     "freq_shift": 0, "in_channels": 4, "layers_per_block": 2, "mid_block_only_cross_attention": null,
     "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 32,
     "num_attention_heads": null, "num_class_embeds": null, "only_cross_attention": false, "out_channels": 4,
     "projection_class_embeddings_input_dim": 2816, "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": false,
     "resnet_time_scale_shift": "default", "sample_size": 128, "time_cond_proj_dim": null,
     "time_embedding_act_fn": null, "time_embedding_dim": null, "time_embedding_type": "positional",
     "timestep_post_act": null, "transformer_layers_per_block": [1, 2, 10],
     "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "upcast_attention": null,
     "use_linear_projection": true}
    """#

  /// A ControlNet's file says nothing of the way up.
  static let controlNet = #"""
    {"_class_name": "ControlNetModel", "act_fn": "silu", "addition_embed_type": null, "attention_head_dim": [5, 10, 20, 20],
     "block_out_channels": [320, 640, 1280, 1280], "class_embed_type": null,
     "conditioning_embedding_out_channels": [16, 32, 96, 256], "controlnet_conditioning_channel_order": "rgb",
     "cross_attention_dim": 1024,
     "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
     "global_pool_conditions": false, "in_channels": 4, "layers_per_block": 2, "norm_num_groups": 32,
     "num_attention_heads": null, "projection_class_embeddings_input_dim": null, "transformer_layers_per_block": 1,
     "use_linear_projection": true}
    """#

  @Test func readsThePublishedForms() throws {
    #expect(try read(Self.sd21) == UNetConfig())
    #expect(try read(Self.controlNet) == UNetConfig())
    let sdxl = try read(Self.sdxl)
    #expect(sdxl.blockOutChannels == [320, 640, 1280] && sdxl.transformerLayersPerBlock == [1, 2, 10])
    #expect(sdxl.headCounts == [5, 10, 20] && sdxl.crossAttentionWidth == 2048)
    #expect(sdxl.additionEmbedType == "text_time" && sdxl.additionTimeEmbedWidth == 256)
    #expect(sdxl.projectionInputWidth == 2816 && sdxl.timeWidth == 1280 && sdxl.sideMultiple == 4)
    #expect(UNetConfig().sideMultiple == 8)
  }

  @Test func singleNumbersStandForAllLevels() throws {
    let config = try read(#"{"attention_head_dim": 4, "transformer_layers_per_block": 3}"#)
    #expect(config.headCounts == [4, 4, 4, 4] && config.transformerLayersPerBlock == [3, 3, 3, 3])
    // Their published defaults where nothing is said.
    let silent = try read("{}")
    #expect(silent.headCounts == [8, 8, 8, 8] && silent.transformerLayersPerBlock == [1, 1, 1, 1])
  }

  @Test(arguments: [sd21, sdxl, controlNet])
  func whatIsWrittenIsReadAgain(json: String) throws {
    let config = try read(json)
    #expect(try JSONDecoder().decode(UNetConfig.self, from: JSONEncoder().encode(config)) == config)
  }

  @Test(arguments: [
    (#"{"block_out_channels": []}"#, "block_out_channels is empty"),
    (#"{"block_out_channels": [320, 640]}"#, "down_block_types has 4 entries for 2 levels"),
    (#"{"attention_head_dim": [5, 10]}"#, "attention_head_dim has 2 entries for 4 levels"),
    (
      #"{"transformer_layers_per_block": [1, 2, 10]}"#, "transformer_layers_per_block has 3 entries for 4 levels"
    ),
    (#"{"in_channels": 0}"#, "sizes must be positive and at most 65536; in_channels is 0"),
    (
      #"{"block_out_channels": [320, 640, 1280, 4611686018427387904]}"#,
      "sizes must be positive and at most 65536; block_out_channels is 4611686018427387904"
    ),
    (#"{"attention_head_dim": -8}"#, "sizes must be positive and at most 65536; attention_head_dim is -8"),
    (#"{"layers_per_block": 1000000000000}"#, "layers_per_block must be within 1…8, not 1000000000000"),
    (#"{"norm_num_groups": 0}"#, "sizes must be positive and at most 65536; norm_num_groups is 0"),
    (#"{"layers_per_block": -1}"#, "layers_per_block must be within 1…8, not -1"),
    (#"{"transformer_layers_per_block": 0}"#, "transformer_layers_per_block must be within 1…64, not 0"),
    (#"{"norm_num_groups": 30}"#, "norm_num_groups 30 does not divide the width 320"),
    (#"{"norm_eps": 0}"#, "norm_eps is 0.0; it must be above 0"),
    (
      #"{"block_out_channels": [5, 640, 1280, 1280], "norm_num_groups": 5}"#,
      "the first width 5 is odd; half of a time embedding are sines and half cosines"
    ),
    (
      #"{"attention_head_dim": [7, 10, 20, 20]}"#,
      "attention_head_dim 7 (a number of heads) does not divide the width 320"
    ),
    (
      #"{"down_block_types": ["DownBlock2D", "DownBlock2D", "DownBlock2D", "AttnDownBlock2D"]}"#,
      "unknown block type 'AttnDownBlock2D'"
    ),
    (#"{"mid_block_type": "UNetMidBlock2DSimpleCrossAttn"}"#, "unknown mid_block_type 'UNetMidBlock2DSimpleCrossAttn'"),
    (#"{"addition_embed_type": "image"}"#, "unknown addition_embed_type 'image'"),
    (
      #"{"addition_embed_type": "text_time", "addition_time_embed_dim": 256}"#,
      "addition_embed_type 'text_time' needs projection_class_embeddings_input_dim; it is absent"
    ),
    (
      #"{"addition_embed_type": "text_time", "addition_time_embed_dim": 0, "projection_class_embeddings_input_dim": 8}"#,
      "addition_embed_type 'text_time' needs addition_time_embed_dim; it is 0"
    ),
  ])
  func sizesThatMakeNoNetworkAreRefused(json: String, message: String) {
    #expect(words(json) == message)
  }

  @Test(arguments: [
    (#"{"act_fn": "gelu"}"#, "act_fn is 'gelu'; only 'silu' is built here"),
    (
      #"{"resnet_time_scale_shift": "scale_shift"}"#,
      "resnet_time_scale_shift is 'scale_shift'; only 'default' is built here"
    ),
    (#"{"class_embed_type": "projection"}"#, "class_embed_type is 'projection'; networks with it are not built here"),
    (#"{"num_class_embeds": 1000}"#, "num_class_embeds is 1000; networks with it are not built here"),
    (
      #"{"only_cross_attention": [true, true, true, false]}"#,
      "only_cross_attention is a list; only false is built here"
    ),
    (#"{"center_input_sample": true}"#, "center_input_sample is true; only false is built here"),
    (#"{"conv_in_kernel": 1}"#, "conv_in_kernel is 1; only 3 is built here"),
    (#"{"mid_block_scale_factor": 0.5}"#, "mid_block_scale_factor is 0.5; only 1 is built here"),
    (
      #"{"controlnet_conditioning_channel_order": "bgr"}"#,
      "controlnet_conditioning_channel_order is 'bgr'; only 'rgb' is built here"
    ),
    (
      #"{"encoder_hid_dim_type": "ip_image_proj"}"#,
      "encoder_hid_dim_type is 'ip_image_proj'; networks with it are not built here"
    ),
  ])
  func networksThatAreNotBuiltAreRefused(json: String, message: String) {
    #expect(words(json) == message)
  }

  @Test(arguments: [
    #"{"in_channels": "four"}"#, #"{"block_out_channels": 320}"#, #"{"attention_head_dim": "many"}"#,
    #"{"cross_attention_dim": [768, 1024]}"#, #"{"layers_per_block": [2, 2, 2, 2]}"#, #"[]"#,
  ])
  func otherTypesAreRefused(json: String) {
    #expect(throws: DecodingError.self) { try read(json) }
  }

  @Test func headsNeedNotFitWhereNothingAttends() throws {
    let config = try read(
      #"""
      {"block_out_channels": [20, 30], "down_block_types": ["DownBlock2D", "DownBlock2D"],
       "up_block_types": ["UpBlock2D", "UpBlock2D"], "mid_block_type": "UNetMidBlock2D", "norm_num_groups": 10}
      """#)
    #expect(config.headCounts == [8, 8])
  }
}
