/// The ways to change a picture's size that the field's pipelines use; they are not the same.
public enum Resampling: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// MATLAB's `imresize`: cubic with a = -0.5, stretched when it shrinks (antialias), symmetric reflection at the border.
  case matlabBicubic = "matlab-bicubic"
  /// Pillow's `resize`: cubic with a = -0.5, stretched when it shrinks, cut at the border; on 8-bit levels, rounded to them
  /// after each pass, columns first.
  case pilBicubic = "pil-bicubic"
  /// Cubic with a = -0.75, four taps whatever the factor, index clamped at the border (PyTorch, OpenCV).
  case bicubic
  /// Linear between two neighbours at half-pixel centres, without antialias (PyTorch, OpenCV).
  case bilinear
  /// The mean of the source pixels that a target pixel touches, each with the same weight (PyTorch's adaptive mean).
  case area
  /// The pixel below the position, without half-pixel centres (PyTorch).
  case nearest
  /// The mean of what a target pixel covers, pixels that it covers in part with that part (OpenCV's area, when shrinking).
  case box
  /// Cubic with a = -0.5, stretched when it shrinks, cut at the border and scaled to sum 1 (PyTorch with `antialias`).
  case antialiasedBicubic = "antialiased-bicubic"
  /// Linear, stretched when it shrinks, cut at the border and scaled to sum 1 (PyTorch with `antialias`).
  case antialiasedBilinear = "antialiased-bilinear"

  /// The new length of an axis: `matlabBicubic` rounds up, as `imresize` does, the others down; at least 1.
  func length(of count: Int, factor: Double) throws -> Int {
    let length = Double(count) * factor
    guard factor > 0, length.isFinite, length < Double(1 << 24) else {
      throw DegradationError(
        .picture, "resizing \(count) pixels by a factor of \(factor): the factor must be above 0 and the result sane")
    }
    return max(Int(length.rounded(self == .matlabBicubic ? .up : .down)), 1)
  }
}
