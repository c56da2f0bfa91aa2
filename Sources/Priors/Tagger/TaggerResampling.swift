internal import Torch

/// How a picture is brought to the tagger's size. The originals use both, and both without antialiasing.
public enum TaggerResampling: String, Sendable, CaseIterable {
  /// Of the low-quality picture, before the first step.
  case bilinear
  /// With a = -0.75: of what AddSR's self-refinement looks at, from the second step on.
  case bicubic

  var interpolation: Interpolation {
    switch self {
    case .bilinear: .bilinear
    case .bicubic: .bicubic
    }
  }
}
