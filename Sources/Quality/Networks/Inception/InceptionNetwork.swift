internal import Checkpoints
internal import Layers
internal import Torch

/// Inception-v3 as FID means it: TensorFlow's of 2015-12-05, which differs from torchvision's in its pools. Names and layout
/// are those of pytorch-fid's conversion. (Szegedy et al. 2016.)
struct InceptionNetwork {
  private enum Stem {
    case convolution(InceptionConvolution)
    case pool
  }

  private let stem: [Stem]  // Conv2d_1a_3x3 … Conv2d_4a_3x3
  private let blocks: [InceptionBlock]  // Mixed_5b … Mixed_7c

  /// The side of the pictures that it takes.
  static let side = 299
  /// Width of the features.
  static let width = 2048

  /// A key that features do not need: the classifier's.
  static func hasNoUse(_ key: String) -> Bool { key.hasPrefix("fc.") || key.hasPrefix("AuxLogits.") }

  init(_ path: ParameterPath) throws {
    func convolution(_ name: String, _ inputs: Int, _ outputs: Int, _ size: Int, _ stride: Int, _ padded: Bool) throws
      -> Stem
    {
      .convolution(
        try InceptionConvolution(
          path / name, in: inputs, out: outputs, size: (size, size), stride: stride, padded: padded))
    }
    stem = [
      try convolution("Conv2d_1a_3x3", 3, 32, 3, 2, false), try convolution("Conv2d_2a_3x3", 32, 32, 3, 1, false),
      try convolution("Conv2d_2b_3x3", 32, 64, 3, 1, true), .pool,
      try convolution("Conv2d_3b_1x1", 64, 80, 1, 1, false), try convolution("Conv2d_4a_3x3", 80, 192, 3, 1, false),
      .pool,
    ]
    var inputs = 192
    blocks = try Self.layout.map { name, branches in
      let block = try InceptionBlock(path / name, in: inputs, branches)
      inputs = block.outputs
      return block
    }
  }

  /// Pictures `[B, 3, 299, 299]` in about -1 … 1 to features `[B, 2048]`: the mean over the last block's places.
  func callAsFunction(_ x_BCHW: Tensor) throws(TorchError) -> Tensor {
    var x = x_BCHW
    for step in stem {
      switch step {
      case .convolution(let convolution): x = try convolution(x)
      case .pool: x = try x.maxPooled(3, stride: 2)
      }
    }
    for block in blocks { x = try block(x) }
    return try x.mean([2, 3])
  }

  // MARK: Layout

  private typealias Branch = InceptionBlock.Branch
  private typealias Step = InceptionBlock.Step

  private static let layout: [(name: String, branches: [Branch])] =
    [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)].map { ($0.0, square(pool: $0.1)) }
    + [("Mixed_6a", reduction)]
    + [("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)].map { ($0.0, long($0.1)) }
    + [("Mixed_7a", secondReduction), ("Mixed_7b", forked(.mean)), ("Mixed_7c", forked(.largest))]

  private static func square(pool: Int) -> [Branch] {
    [
      Branch(steps: [Step("branch1x1", 64)]),
      Branch(steps: [Step("branch5x5_1", 48), Step("branch5x5_2", 64, (5, 5))]),
      Branch(steps: [
        Step("branch3x3dbl_1", 64), Step("branch3x3dbl_2", 96, (3, 3)), Step("branch3x3dbl_3", 96, (3, 3)),
      ]),
      Branch(pool: .mean, steps: [Step("branch_pool", pool)]),
    ]
  }

  private static let reduction = [
    Branch(steps: [Step("branch3x3", 384, (3, 3), stride: 2)]),
    Branch(steps: [
      Step("branch3x3dbl_1", 64), Step("branch3x3dbl_2", 96, (3, 3)), Step("branch3x3dbl_3", 96, (3, 3), stride: 2),
    ]),
    Branch(pool: .shrinking),
  ]

  private static func long(_ width: Int) -> [Branch] {
    [
      Branch(steps: [Step("branch1x1", 192)]),
      Branch(steps: [
        Step("branch7x7_1", width), Step("branch7x7_2", width, (1, 7)), Step("branch7x7_3", 192, (7, 1)),
      ]),
      Branch(steps: [
        Step("branch7x7dbl_1", width), Step("branch7x7dbl_2", width, (7, 1)), Step("branch7x7dbl_3", width, (1, 7)),
        Step("branch7x7dbl_4", width, (7, 1)), Step("branch7x7dbl_5", 192, (1, 7)),
      ]),
      Branch(pool: .mean, steps: [Step("branch_pool", 192)]),
    ]
  }

  private static let secondReduction = [
    Branch(steps: [Step("branch3x3_1", 192), Step("branch3x3_2", 320, (3, 3), stride: 2)]),
    Branch(steps: [
      Step("branch7x7x3_1", 192), Step("branch7x7x3_2", 192, (1, 7)), Step("branch7x7x3_3", 192, (7, 1)),
      Step("branch7x7x3_4", 192, (3, 3), stride: 2),
    ]),
    Branch(pool: .shrinking),
  ]

  private static func forked(_ pool: InceptionBlock.Pool) -> [Branch] {
    [
      Branch(steps: [Step("branch1x1", 320)]),
      Branch(
        steps: [Step("branch3x3_1", 384)],
        fork: [Step("branch3x3_2a", 384, (1, 3)), Step("branch3x3_2b", 384, (3, 1))]),
      Branch(
        steps: [Step("branch3x3dbl_1", 448), Step("branch3x3dbl_2", 384, (3, 3))],
        fork: [Step("branch3x3dbl_3a", 384, (1, 3)), Step("branch3x3dbl_3b", 384, (3, 1))]),
      Branch(pool: pool, steps: [Step("branch_pool", 192)]),
    ]
  }
}
