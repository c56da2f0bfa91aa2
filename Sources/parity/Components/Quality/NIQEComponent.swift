import Quality
import Torch

/// NIQE in the variants of BasicSR and pyiqa, and BasicSR's features.
struct NIQEComponent: ParityComponent {
  let names = ["niqe"]

  func run(_ fixture: Fixture) throws -> [Answer] {
    let images = try fixture.inputs("image").map { try $0.bchw() }
    return try fixture.outputs.sorted().map { output in
      guard let dot = output.lastIndex(of: "."), let number = Int(output[output.index(after: dot)...]),
        images.indices.contains(number)
      else { throw ParityError("its output '\(output)' names no picture") }
      let variant = String(output[..<dot])
      if variant == "features" {
        let rows = try NIQE().features(images[number])
        return Answer(output, try Tensor(rows.flatMap { $0 }, [rows.count, rows.first?.count ?? 0]))
      }
      guard let metric = metric(variant) else { throw ParityError("the variant '\(variant)' of NIQE is not known") }
      return Answer(output, try Tensor(try metric.score(images[number]), []))
    }
  }

  private func metric(_ variant: String) -> NIQE? {
    let border = "basicsr_crop"
    if variant.hasPrefix(border) { return Int(variant.dropFirst(border.count)).map { NIQE(border: $0) } }
    switch variant {
    case "pyiqa_yiq": return NIQE(luma: .yiq, precision: .float64)
    case "pyiqa_ycbcr": return NIQE(luma: .bt601, precision: .float64)
    default: return nil
    }
  }
}
