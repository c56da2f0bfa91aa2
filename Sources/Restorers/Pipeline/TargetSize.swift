internal import Foundation

/// How large the restored picture shall be.
public enum TargetSize: Sendable, Hashable {
  /// So many times the size of the input, whole or not.
  case scale(Double)
  /// This many pixels wide, the height in proportion.
  case width(Int)
  /// This many pixels high, the width in proportion.
  case height(Int)

  /// The size in pixels, at least 1×1.
  /// - Parameters:
  ///   - width: Of the input.
  ///   - height: Of the input.
  /// - Throws: `RestorationError` for numbers that are not positive or lead beyond any picture format.
  public func resolve(width: Int, height: Int) throws(RestorationError) -> (width: Int, height: Int) {
    let factor: Double
    switch self {
    case .scale(let value): factor = value
    case .width(let value): factor = Double(value) / Double(width)
    case .height(let value): factor = Double(value) / Double(height)
    }
    guard factor.isFinite, factor > 0 else {
      throw RestorationError(.argument, "the size asked for (\(self)) is not positive")
    }
    let (wide, high) = ((Double(width) * factor).rounded(), (Double(height) * factor).rounded())
    // The longest side that any format here can hold is PNG's 2³¹ - 1; memory ends much earlier.
    guard max(wide, high) <= 1_000_000 else {
      throw RestorationError(
        .argument,
        "the size asked for, \(Int(min(wide, 1e15))) × \(Int(min(high, 1e15))) pixels, is beyond 1,000,000 pixels a side"
      )
    }
    switch self {
    case .scale: return (max(1, Int(wide)), max(1, Int(high)))
    case .width(let value): return (value, max(1, Int(high)))
    case .height(let value): return (max(1, Int(wide)), value)
    }
  }
}
