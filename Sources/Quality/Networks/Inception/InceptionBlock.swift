internal import Checkpoints
internal import Layers
internal import Torch

/// A mixed block: branches of convolutions and a pool, side by side in the result's channels.
struct InceptionBlock {
  /// What a branch does before its convolutions.
  enum Pool: Sendable {
    case none
    /// Means of 3×3 pixels; those beyond the border do not count. (torchvision's network counts them as zeros.)
    case mean
    /// The largest of 3×3 pixels.
    case largest
    /// The largest of 3×3 pixels, every second place.
    case shrinking
  }

  /// One convolution of a branch.
  struct Step: Sendable {
    let name: String
    let outputs: Int
    var size = (1, 1)
    var stride = 1

    init(_ name: String, _ outputs: Int, _ size: (Int, Int) = (1, 1), stride: Int = 1) {
      (self.name, self.outputs, self.size, self.stride) = (name, outputs, size, stride)
    }
  }

  /// A branch: steps in a row, and where it forks at its end, the convolutions beside each other.
  struct Branch: Sendable {
    var pool = Pool.none
    var steps: [Step] = []
    var fork: [Step] = []
  }

  private struct LoadedBranch {
    let pool: Pool
    let steps: [InceptionConvolution]
    let fork: [InceptionConvolution]
  }

  private let branches: [LoadedBranch]
  /// Channels of the result.
  let outputs: Int

  init(_ path: ParameterPath, in inputs: Int, _ branches: [Branch]) throws {
    var total = 0
    self.branches = try branches.map { branch in
      var width = inputs
      func load(_ step: Step) throws -> InceptionConvolution {
        try InceptionConvolution(
          path / step.name, in: width, out: step.outputs, size: step.size, stride: step.stride, padded: step.stride == 1
        )
      }
      let steps = try branch.steps.map { step in
        defer { width = step.outputs }
        return try load(step)
      }
      let fork = try branch.fork.map(load)
      total += branch.fork.isEmpty ? width : branch.fork.reduce(0) { $0 + $1.outputs }
      return LoadedBranch(pool: branch.pool, steps: steps, fork: fork)
    }
    outputs = total
  }

  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var results: [Tensor] = []
    for branch in branches {
      var x = try Self.pooled(x_BCHW, branch.pool)
      for step in branch.steps { x = try step(x) }
      if branch.fork.isEmpty { results.append(x) }
      for convolution in branch.fork { results.append(try convolution(x)) }
    }
    return try .concatenated(results, axis: 1)
  }

  private static func pooled(_ x_BCHW: Tensor, _ pool: Pool) throws(TorchError) -> Tensor {
    switch pool {
    case .none: return x_BCHW
    case .largest: return try x_BCHW.maxPooled(3, stride: 1, padding: 1)
    case .shrinking: return try x_BCHW.maxPooled(3, stride: 2)
    case .mean:
      func means(_ x: Tensor) throws(TorchError) -> Tensor {
        try x.padded(left: 1, right: 1, top: 1, bottom: 1).averagePooled(3, stride: 1)
      }
      let ones = try Tensor.ones([1, 1, x_BCHW.size(2), x_BCHW.size(3)], device: x_BCHW.device)
      return try means(x_BCHW) / means(ones)
    }
  }
}
