import Torch

extension OperatorCase {
  static let convolution: [OperatorCase] = [
    OperatorCase("conv2d") { try $0[0].conv2d($0[1], bias: $0[2]) },
    OperatorCase("conv2d:padded") { try $0[0].conv2d($0[1], bias: $0[2], padding: 1) },
    OperatorCase("conv2d:strided") { try $0[0].conv2d($0[1], stride: 2, padding: 1) },
    OperatorCase("conv2d:dilated") { try $0[0].conv2d($0[1], padding: 2, dilation: 2) },
    OperatorCase("conv2d:grouped") { try $0[0].conv2d($0[1], padding: 1, groups: 2) },
    OperatorCase("conv2d:bfloat16") { try $0[0].conv2d($0[1], padding: 1) },
    OperatorCase("conv1d") { try $0[0].conv1d($0[1], bias: $0[2]) },
    OperatorCase("conv1d:all") { try $0[0].conv1d($0[1], stride: 2, padding: 2, dilation: 2, groups: 2) },
    OperatorCase("avg_pool2d") { try $0[0].averagePooled(2) },
    OperatorCase("avg_pool2d:strided") { try $0[0].averagePooled(3, stride: 1) },
    OperatorCase("max_pool2d") { try $0[0].maxPooled(2) },
    OperatorCase("max_pool2d:padded") { try $0[0].maxPooled(3, stride: 2, padding: 1) },
    OperatorCase("adaptive_avg_pool2d") { try $0[0].adaptiveAveragePooled(height: 3, width: 2) },
    OperatorCase("pad") { try $0[0].padded(left: 1, right: 2, top: 3) },
    OperatorCase("pad:constant") { try $0[0].padded(left: 1, right: 2, top: 3, value: 0.5) },
    OperatorCase("pad:reflect") { try $0[0].padded(left: 1, right: 2, top: 3, mode: .reflect) },
    OperatorCase("pad:replicate") { try $0[0].padded(left: 1, right: 2, top: 3, mode: .replicate) },
    OperatorCase("pad:circular") { try $0[0].padded(left: 1, right: 2, top: 3, mode: .circular) },
  ]

  static let resampling: [OperatorCase] = [
    OperatorCase("upsample_nearest2d.vec") { try $0[0].resized(height: 7, width: 9, .nearest) },
    OperatorCase("upsample_nearest2d.vec:down") { try $0[0].resized(height: 3, width: 2, .nearest) },
    OperatorCase("upsample_nearest2d.vec:factor") { try $0[0].resized(factor: 1.7, .nearest) },
    OperatorCase("upsample_bilinear2d.vec") { try $0[0].resized(height: 7, width: 9, .bilinear) },
    OperatorCase("upsample_bilinear2d.vec:down") { try $0[0].resized(height: 3, width: 2, .bilinear) },
    OperatorCase("upsample_bilinear2d.vec:factor") { try $0[0].resized(factor: 1.7, .bilinear) },
    OperatorCase("upsample_bicubic2d.vec") { try $0[0].resized(height: 7, width: 9, .bicubic) },
    OperatorCase("upsample_bicubic2d.vec:down") { try $0[0].resized(height: 3, width: 2, .bicubic) },
    OperatorCase("upsample_bicubic2d.vec:factor") { try $0[0].resized(factor: 1.7, .bicubic) },
    OperatorCase("_upsample_bilinear2d_aa.vec") { try $0[0].resized(height: 7, width: 9, .bilinear, antialias: true) },
    OperatorCase("_upsample_bilinear2d_aa.vec:down") {
      try $0[0].resized(height: 3, width: 2, .bilinear, antialias: true)
    },
    OperatorCase("_upsample_bicubic2d_aa.vec") { try $0[0].resized(height: 7, width: 9, .bicubic, antialias: true) },
    OperatorCase("_upsample_bicubic2d_aa.vec:down") {
      try $0[0].resized(height: 3, width: 2, .bicubic, antialias: true)
    },
  ]

  static let normalisation: [OperatorCase] = [
    OperatorCase("group_norm") { try $0[0].groupNorm(2, weight: $0[1], bias: $0[2], epsilon: 1e-5) },
    OperatorCase("group_norm:plain") { try $0[0].groupNorm(4, weight: nil, bias: nil, epsilon: 1e-2) },
    OperatorCase("layer_norm") { try $0[0].layerNorm(6, weight: $0[1], bias: $0[2], epsilon: 1e-6) },
    OperatorCase("layer_norm:plain") { try $0[0].layerNorm(6, weight: nil, bias: nil, epsilon: 1e-2) },
    OperatorCase("rms_norm") { try $0[0].rmsNorm(6, weight: $0[1], epsilon: 1e-6) },
    OperatorCase("rms_norm:plain") { try $0[0].rmsNorm(6, weight: nil, epsilon: 1e-2) },
  ]

  static let attention: [OperatorCase] = [
    OperatorCase("scaled_dot_product_attention") { try $0[0].attention(key: $0[1], value: $0[2]) },
    OperatorCase("scaled_dot_product_attention:mask") { try $0[0].attention(key: $0[1], value: $0[2], mask: $0[3]) },
    OperatorCase("scaled_dot_product_attention:seen") { try $0[0].attention(key: $0[1], value: $0[2], mask: $0[3]) },
    OperatorCase("scaled_dot_product_attention:causal") { try $0[0].attention(key: $0[1], value: $0[2], causal: true) },
    OperatorCase("scaled_dot_product_attention:scale") { try $0[0].attention(key: $0[1], value: $0[2], scale: 1) },
    OperatorCase("scaled_dot_product_attention:bfloat16") { try $0[0].attention(key: $0[1], value: $0[2]) },
  ]
}
