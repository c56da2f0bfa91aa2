internal import ArgumentParser

/// Sizes of memory as people write them.
enum ByteCount {
  /// `8G`, `900M`, `1.5GB`, `500000000`: powers of 1024, or plain bytes.
  static func parse(_ text: String) throws -> Int {
    let upper = text.uppercased()
    let number = upper.prefix { $0.isNumber || $0 == "." }
    let units: [String: Double] = [
      "": 1, "B": 1, "K": 1024, "KB": 1024, "M": 1_048_576, "MB": 1_048_576, "G": 1_073_741_824, "GB": 1_073_741_824,
      "T": 1_099_511_627_776, "TB": 1_099_511_627_776,
    ]
    guard let value = Double(number), let unit = units[String(upper.dropFirst(number.count))], value > 0,
      value * unit < Double(Int.max)
    else { throw ValidationError("--memory '\(text)' is not a size; write 8G, 900M or a number of bytes") }
    return Int(value * unit)
  }
}
