import Degradation
import Foundation
import Torch

/// MATLAB's `imresize`, as plain pixels and as a tensor operation.
struct ImresizeComponent: ParityComponent {
  let names = ["imresize"]

  private struct Arguments: Decodable {
    let scales: [Double]
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let scales = try fixture.arguments(as: Arguments.self).scales
    return try fixture.outputs.sorted().flatMap { output -> [Answer] in
      // NAME.scale_S or NAME.scale_S_noantialias, S shortened to four places.
      guard let match = output.wholeMatch(of: /(.+)\.scale_([0-9.]+)(_noantialias)?/), let short = Double(match.2),
        let scale = scales.min(by: { abs($0 - short) < abs($1 - short) }), abs(scale - short) < 1e-3
      else { throw ParityError("its output '\(output)' is of none of the scales \(scales)") }
      let image = try fixture.input(String(match.1))
      let antialias = match.3 == nil
      let pictures = try PlanarImage.images(image).map { try $0.resized(factor: scale, antialias: antialias) }
      return [
        Answer(output, try PlanarImage.tensor(pictures), way: "pixels"),
        Answer(output, try MatlabBicubic.resize(image, factor: scale, antialias: antialias), way: "tensor"),
      ]
    }
  }
}

/// PyTorch's `interpolate`.
struct InterpolateComponent: ParityComponent {
  let names = ["interpolate"]

  private struct Arguments: Decodable {
    let cases: [Case]

    struct Case: Decodable {
      let name: String
      let size: [Int]?
      let scaleFactor: Double?
      let mode: String
      let antialias: Bool?
      let alignCorners: Bool?

      enum CodingKeys: String, CodingKey {
        case name, size, mode, antialias
        case scaleFactor = "scale_factor"
        case alignCorners = "align_corners"
      }

      func method() throws -> Resampling {
        switch (mode, antialias ?? false) {
        case ("nearest", _): return .nearest
        case ("area", _): return .area
        case ("bilinear", false): return .bilinear
        case ("bicubic", false): return .bicubic
        case ("bilinear", true): return .antialiasedBilinear
        case ("bicubic", true): return .antialiasedBicubic
        default: throw ParityError("its case '\(name)' has the mode '\(mode)'")
        }
      }
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try PlanarImage.images(fixture.input("img"))
    return try fixture.arguments(as: Arguments.self).cases.map { item in
      let method = try item.method()
      let resized = try images.map { image in
        if let factor = item.scaleFactor { return try image.resized(factor: factor, method) }
        guard let size = item.size, size.count == 2 else {
          throw ParityError("its case '\(item.name)' has neither a size nor a scale_factor")
        }
        return try image.resized(
          width: size[1], height: size[0], method, alignsCorners: item.alignCorners ?? false)
      }
      return Answer(item.name, try PlanarImage.tensor(resized))
    }
  }
}
