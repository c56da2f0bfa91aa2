import Checkpoints
import Quality
import Torch

/// LPIPS with either trunk: trunk and heads in one fixture.
struct LPIPSComponent: ParityComponent {
  let names = ["lpips"]

  private struct Config: Decodable {
    let net: String
    let version: String
    let channels: [Int]
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    let config = try fixture.config(as: Config.self)
    guard let trunk = LPIPS.Trunk(rawValue: config.net), config.version == "0.1" else {
      throw ParityError("LPIPS \(config.version) with the trunk '\(config.net)' is not known")
    }
    let metric = try fixture.load { path in
      // The constants of the module: claimed, so that no key is left over.
      for name in ["shift", "scale"] where (path / "scaling_layer").contains(name) {
        _ = try (path / "scaling_layer").take(name, [1, 3, 1, 1], .zeros)
      }
      return try LPIPS(trunk, trunk: path, heads: path, channels: config.channels)
    }
    let (image, reference) = (try fixture.input("image"), try fixture.input("reference"))
    let layers = try metric.layers(image, reference_BCHW: reference)
    return [Answer("lpips", try Tensor(try metric.score(image, reference_BCHW: reference)))]
      + (try layers.enumerated().map { Answer("layer.\($0)", try Tensor($1)) })
  }
}
