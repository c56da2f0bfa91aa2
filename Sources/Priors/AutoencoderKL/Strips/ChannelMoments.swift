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

  /// The moments over several strips of the same channels, summed in double precision.
  init(pooling strips: [ChannelMoments]) throws(TorchError) {
    if strips.count == 1 {
      self = strips[0]
      return
    }
    let count = strips.reduce(0) { $0 + $1.pixelCount }
    var pooledMeans: [Double] = []
    var pooledSquares: [Double] = []
    for strip in strips {
      let part = Double(strip.pixelCount) / Double(max(count, 1))
      let (means, variances) = (try strip.mean.doubles(), try strip.variance.doubles())
      if pooledMeans.isEmpty {
        pooledMeans = Array(repeating: 0, count: means.count)
        pooledSquares = pooledMeans
      }
      for channel in means.indices {
        pooledMeans[channel] += part * means[channel]
        pooledSquares[channel] += part * (variances[channel] + means[channel] * means[channel])
      }
    }
    pixelCount = count
    let variances = zip(pooledMeans, pooledSquares).map { mean, square in Float(max(square - mean * mean, 0)) }
    let device = strips.first?.mean.device ?? .cpu
    mean = try Tensor(pooledMeans.map { Float($0) }).to(device: device)
    variance = try Tensor(variances).to(device: device)
  }

  /// The moments of several maps' channels, one after the other.
  init(joining maps: [ChannelMoments]) throws(TorchError) {
    pixelCount = maps.map(\.pixelCount).min() ?? 0
    mean = try .concatenated(maps.map(\.mean), axis: 0)
    variance = try .concatenated(maps.map(\.variance), axis: 0)
  }
}
