import Degradation
import Torch

/// Gaussian blurs by OpenCV's profile, as two passes and as one square kernel.
struct GaussianBlurComponent: ParityComponent {
  let names = ["gaussian-blur"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try PlanarImage.images(fixture.input("img"))
    return try fixture.outputs.sorted().map { output in
      guard let match = output.wholeMatch(of: /(cv2|torchvision|filter2D|kernel)_k([0-9]+)_s([0-9.]+)/),
        let side = Int(match.2), let sigma = Double(match.3)
      else { throw ParityError("its output '\(output)' is no blur") }
      let profile = try GaussianProfile.weights(side: side, sigma: sigma)
      switch match.1 {
      case "kernel": return Answer(output, try Tensor(profile, [side]))
      case "filter2D":
        let square = profile.flatMap { row in profile.map { row * $0 } }
        return Answer(output, try PlanarImage.tensor(try images.map { try $0.filtered(square) }))
      default:
        return Answer(
          output, try PlanarImage.tensor(try images.map { try $0.filtered(rows: profile, columns: profile) }))
      }
    }
  }
}

/// Correlation with a kernel for each picture.
struct Filter2DComponent: ParityComponent {
  let names = ["filter2d"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try PlanarImage.images(fixture.input("img"))
    let kernels = try fixture.slices("kernel").map { try $0.doubles() }
    guard let first = kernels.first, kernels.count == images.count else {
      throw ParityError("it has \(kernels.count) kernels for \(images.count) pictures")
    }
    return [
      Answer("per_image", try PlanarImage.tensor(zip(images, kernels).map { try $0.filtered($1) })),
      Answer("shared", try PlanarImage.tensor(images.map { try $0.filtered(first) })),
    ].filter { fixture.outputs.contains($0.output) }
  }
}

/// Unsharp masks.
struct USMSharpComponent: ParityComponent {
  let names = ["usm-sharp"]

  private struct Arguments: Decodable {
    let cases: [String: Case]

    struct Case: Decodable {
      let weight: Double?
      let radius: Int?
      let threshold: Double?
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try PlanarImage.images(fixture.input("img"))
    return try fixture.arguments(as: Arguments.self).cases.sorted { $0.key < $1.key }.flatMap { name, item in
      var mask = UnsharpMask()
      mask.weight = item.weight ?? mask.weight
      mask.radius = item.radius ?? mask.radius
      mask.threshold = item.threshold ?? mask.threshold
      let sharp = try PlanarImage.tensor(try images.map { try $0.sharpened(mask) })
      // The same by the reference's two implementations, batches and single pictures of rows of colours.
      return [name, name + "_numpy"].filter(fixture.outputs.contains).map { Answer($0, sharp) }
    }
  }
}
