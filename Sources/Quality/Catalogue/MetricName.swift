internal import Foundation

/// Names of metrics: what is measured, of which channel, in which form, without which border.
enum MetricName {
  /// What stands before the border's width: `psnr-y-crop4`.
  static let borderMark = "-crop"

  /// The name of a metric of brightness or colour.
  static func of(_ base: String, _ luma: Luma?, border: Int, form: String? = nil) -> String {
    let channel =
      switch luma {
      case .bt601: "y"
      case .yiq: "yiq"
      case nil: "rgb"
      }
    return bordered("\(base)-\(channel)" + (form.map { "-" + $0 } ?? ""), border)
  }

  /// A name with its border; a border of 0 is not said.
  static func bordered(_ name: String, _ border: Int) -> String {
    border == 0 ? name : name + borderMark + String(border)
  }

  /// Takes a name apart: `psnr-y-crop4` is `psnr-y` and 4; the border is nil where none is said.
  static func parse(_ text: String) -> (base: String, border: Int?) {
    guard let mark = text.range(of: borderMark, options: .backwards), let border = Int(text[mark.upperBound...]),
      (0...9999).contains(border)
    else { return (text, nil) }
    return (String(text[..<mark.lowerBound]), border)
  }
}
