internal import Layers
internal import Torch

private let batchNormOperator = Operator("aten::batch_norm")
private let siluInPlace = Operator("aten::silu_")

/// A group norm whose statistics are known already: each channel times a number plus a number.
struct ChannelScale {
  private let weight: Tensor
  private let bias: Tensor
  private let mean: Tensor
  private let variance: Tensor
  private let epsilon: Double

  /// A norm with the statistics of a whole map, pooled from those of its strips in double precision.
  ///
  /// With n_s pixels, mean m_sc and variance v_sc of channel c in strip s, a group has the mean M = Σ n_s m_sc / Σ n_s and
  /// the variance Σ n_s (v_sc + (m_sc - M)²) / Σ n_s over its channels and all strips: exactly those of the whole.
  init(_ norm: GroupNorm, of x: FeatureStrips) throws(TorchError) {
    let moments = try x.moments()
    let size = x.channels / norm.groups
    var counts: [Double] = []
    var means: [[Double]] = []
    var variances: [[Double]] = []
    for strip in moments {
      counts.append(Double(strip.pixelCount))
      means.append(try strip.mean.doubles())
      variances.append(try strip.variance.doubles())
    }
    let total = counts.reduce(0, +) * Double(size)
    guard total == Double(x.height * x.width * size) else {
      throw TorchError(.argument, "pooling statistics of a map that is not whole")
    }
    var pooledMeans = [Float](repeating: 0, count: x.channels)
    var pooledVariances = pooledMeans
    for group in 0..<norm.groups {
      let channels = group * size..<(group + 1) * size
      var mean = 0.0
      for (strip, count) in counts.enumerated() { for channel in channels { mean += count * means[strip][channel] } }
      mean /= total
      var variance = 0.0
      for (strip, count) in counts.enumerated() {
        for channel in channels {
          let distance = means[strip][channel] - mean
          variance += count * (variances[strip][channel] + distance * distance)
        }
      }
      for channel in channels {
        pooledMeans[channel] = Float(mean)
        pooledVariances[channel] = Float(variance / total)
      }
    }
    let device = norm.weight.device
    weight = try norm.weight.to(.float32)
    bias = try norm.bias.to(.float32)
    mean = try Tensor(pooledMeans).to(device: device)
    variance = try Tensor(pooledVariances).to(device: device)
    epsilon = norm.epsilon
  }

  /// Applies the norm to rows of the map.
  /// - Parameter activated: Follow with SiLU.
  func callAsFunction(_ x_1CHW: Tensor, activated: Bool = false) throws(TorchError) -> Tensor {
    let y_1CHW = try batchNormOperator(
      .tensor(x_1CHW), .tensor(weight), .tensor(bias), .tensor(mean), .tensor(variance), .bool(false), .double(0),
      .double(epsilon), .bool(false))
    return activated ? try siluInPlace(.tensor(y_1CHW)) : y_1CHW
  }
}
