import Degradation
import Torch

/// JPEG's losses as tensor operations.
struct DiffJPEGComponent: ParityComponent {
  let names = ["diffjpeg"]

  private struct Arguments: Decodable {
    let qualities: [Double]
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try fixture.input("img")
    let quality = try fixture.input("quality").doubles()
    let codec = try DiffJPEG()
    var answers = [
      Answer("rounded", try codec(images, quality: quality)),
      Answer("differentiable", try DiffJPEG(rounding: .cubic)(images, quality: quality)),
    ]
    let first = try images.narrowed(0, from: 0, length: 1)
    for value in try fixture.arguments(as: Arguments.self).qualities {
      let name = value == value.rounded() ? "quality_\(Int(value))" : "quality_\(value)"
      answers.append(Answer(name, try codec(first, quality: [value])))
    }
    return answers.filter { fixture.outputs.contains($0.output) }
  }
}
