/// The ways to change a picture's size that the field's pipelines use; they are not the same.
public enum Resampling: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// MATLAB's `imresize`: cubic with a = -0.5, stretched when it shrinks (antialias), symmetric reflection at the border.
  case matlabBicubic = "matlab-bicubic"
  /// Cubic with a = -0.75, four taps whatever the factor, index clamped at the border (PyTorch, OpenCV).
  case bicubic
  /// Linear between two neighbours at half-pixel centres, without antialias (PyTorch).
  case bilinear
  /// The mean of the source pixels that a target pixel covers, whole pixels only (PyTorch's adaptive mean).
  case area
}
