/// Which layers of a torchvision network a perceptual metric runs, and where it looks: after the last activation of each
/// stage. Numbers are those of the network's `features`.
struct TrunkLayout: Sendable {
  /// One convolution and its ReLU.
  struct Convolution: Sendable {
    let index: Int
    let size: Int
    var stride = 1
    let padding: Int
  }

  /// The way to a smaller picture before a stage.
  enum Pooling: Sendable {
    /// The largest of a window, every second place, without padding.
    case largest(size: Int)
    /// √(Hann window over squares), every second place: DISTS's, which does not alias.
    case root
  }

  let stages: [[Convolution]]
  let pooling: Pooling
  /// The published channels after each stage.
  let channels: [Int]
  /// Pixels of the picture between places of each stage.
  let strides: [Int]

  /// torchvision's AlexNet, the "one weird trick" form.
  static let alexNet = TrunkLayout(
    stages: [
      [Convolution(index: 0, size: 11, stride: 4, padding: 2)], [Convolution(index: 3, size: 5, padding: 2)],
      [Convolution(index: 6, size: 3, padding: 1)], [Convolution(index: 8, size: 3, padding: 1)],
      [Convolution(index: 10, size: 3, padding: 1)],
    ],
    pooling: .largest(size: 3), channels: [64, 192, 384, 256, 256], strides: [4, 8, 16, 16, 16])

  /// torchvision's VGG-16 without batch normalisation.
  static func vgg16(_ pooling: Pooling = .largest(size: 2)) -> TrunkLayout {
    let indices = [[0, 2], [5, 7], [10, 12, 14], [17, 19, 21], [24, 26, 28]]
    return TrunkLayout(
      stages: indices.map { $0.map { Convolution(index: $0, size: 3, padding: 1) } },
      pooling: pooling, channels: [64, 128, 256, 512, 512], strides: [1, 2, 4, 8, 16])
  }

  /// Whether the picture gets smaller before a stage: AlexNet's last stages stay at one size.
  func pools(before stage: Int) -> Bool { stage > 0 && strides[stage] > strides[stage - 1] }
}
