internal import Foundation

/// What a profile turns out to be when it is tried on a grid of colours.
enum ProfileUse: Sendable {
  /// It cannot be used.
  case broken(String)
  /// It describes sRGB as nearly as 8 bits tell, so that pixels are left alone.
  case sameAsSRGB
  /// It describes another space.
  case differs
}

extension ColourProfile {
  /// Tries the profile on a grid of colours, before a long picture depends on it.
  ///
  /// Comparing colours, and not names, finds the many sRGB profiles in use (they differ in black point and rounding)
  /// and spares their pictures a conversion there and back.
  func use() -> ProfileUse {
    let bands: Int
    let steps: Int
    switch space {
    case .grey: (bands, steps) = (1, 52)
    case .rgb: (bands, steps) = (3, 9)
    case .cmyk: (bands, steps) = (4, 3)
    case .other: return .broken("its header names no colour space of a photograph")
    }
    if let fault = structuralFault { return .broken(fault) }
    let grid = Self.grid(bands: bands, steps: steps)
    let pixels = grid.count / bands
    do {
      var converted = [UInt8](repeating: 0, count: pixels * 3)
      try grid.withUnsafeBytes { samples in
        let image = try VipsImage.borrowing(samples, width: pixels, height: 1, bands: bands, bits: 8)
        let out = try withFile {
          try (bands == 4 ? image.relabelled(.cmyk) : image).converted(from: $0, to: "srgb", bits: 16)
        }
        try converted.withUnsafeMutableBufferPointer {
          try out.readRGB8($0.baseAddress, white: 65_535, alphaWhite: 65_535)
        }
      }
      guard bands < 4 else { return .differs }
      let farthest = converted.indices.map { at in
        abs(Int(converted[at]) - Int(grid[bands == 1 ? at / 3 : at]))
      }.max()
      return (farthest ?? 0) <= 1 ? .sameAsSRGB : .differs
    } catch let failure as VipsFailure {
      return .broken(failure.text)
    } catch {
      return .broken((error as? PictureError)?.message ?? "\(error)")
    }
  }

  /// Runs `body` with the path of a file that holds the profile, for libvips takes profiles by name alone; it is read
  /// when a conversion is planned.
  func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("burnish-\(UInt64.random(in: .min ... .max)).icc")
    do {
      try Data(bytes).write(to: file, options: .withoutOverwriting)
    } catch {
      throw PictureError(
        .cannotWrite,
        "Could not write a colour profile to '\(file.path)': \(error). Point TMPDIR at a folder with space.")
    }
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }

  /// Every combination of `steps` equally spaced values a band.
  private static func grid(bands: Int, steps: Int) -> [UInt8] {
    let count = (0..<bands).reduce(1) { all, _ in all * steps }
    return (0..<count).flatMap { index in
      var rest = index
      return (0..<bands).map { _ in
        defer { rest /= steps }
        return UInt8(rest % steps * 255 / (steps - 1))
      }
    }
  }
}
