import Foundation
import Restorers
import Torch

/// The colour fixes, on floats and on 8-bit pictures.
struct ColorFixComponent: ParityComponent {
  let names = ["color-fix", "color-fix-8bit"]

  private struct Config: Decodable {
    var levels: Int?
    var eps: Double?
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: Config.self)
    guard config.levels ?? Wavelet.radii.count == Wavelet.radii.count, config.eps ?? 1e-5 == 1e-5 else {
      throw ParityError("colour fixes have 5 levels and an epsilon of 1e-5; the fixture has other ones")
    }
    let content = try fixture.input("content")
    let style = try fixture.input("style")
    if fixture.component == "color-fix-8bit" {
      // The release cuts fractions of a level off.
      return try [ColorFix.adain, .wavelet].map { fix in
        Answer(fix.rawValue, try fix.applyInEightBits(content, style: style, cutDown: true))
      }
    }
    var answers = try [ColorFix.adain, .wavelet].map { fix in
      Answer(fix.rawValue, try fix.apply(content, style: style, clamp: false))
    }
    let low = try Wavelet.low(content)
    let parts = ["content_low_freq": low, "content_high_freq": try content - low]
    answers += parts.filter { fixture.outputs.contains($0.key) }.map { Answer($0.key, $0.value) }
    let blur = "wavelet_blur."
    for output in fixture.outputs where output.hasPrefix(blur) {
      guard let radius = Int(output.dropFirst(blur.count)) else { continue }
      answers.append(Answer(output, try Wavelet.blurred(content, radius: radius)))
    }
    return answers
  }
}
