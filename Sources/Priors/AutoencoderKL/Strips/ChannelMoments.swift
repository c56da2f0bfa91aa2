internal import Torch

private let batchNormStatistics = Operator("aten::batch_norm_update_stats")
private let varianceAndMean = Operator("aten::var_mean", "correction")

/// Mean and variance of each channel over the pixels of a strip.
struct ChannelMoments {
  let pixelCount: Int
  /// `[C]` float32.
  let mean: Tensor
  /// `[C]` float32, squared deviations divided by their number.
  let variance: Tensor

  /// Measures `[1, C, h, W]`; sums run in float32 whatever the type.
  init(_ x_1CHW: Tensor) throws(TorchError) {
    pixelCount = x_1CHW.size(2) * x_1CHW.size(3)
    let results: [Tensor]
    if ["cpu", "cuda"].contains(x_1CHW.device.kind) {
      // Running averages in float32 make the kernel answer in float32 too; momentum 0 leaves them as they are.
      let unused = try Tensor.zeros([x_1CHW.size(1)], device: x_1CHW.device)
      results = try batchNormStatistics.call([.tensor(x_1CHW), .tensor(unused), .tensor(unused), .double(0)])
      mean = results[0]
      variance = results[1]
    } else {
      results = try varianceAndMean.call([.tensor(x_1CHW.to(.float32)), .ints([0, 2, 3]), .double(0), .bool(false)])
      mean = results[1]
      variance = results[0]
    }
  }
}
