import Degradation
import Foundation
import Torch

/// Blur kernels by their numbers.
struct DegradationKernelsComponent: ParityComponent {
  let names = ["degradation-kernels"]

  private struct Arguments: Decodable {
    let cases: [Case]

    struct Case: Decodable {
      let name: String
      let function: String
      let side: Int
      let sigmaX: Double?
      let sigmaY: Double?
      let angle: Double?
      let beta: Double?
      let isotropic: Bool?
      let cutoff: Double?
      let paddedSide: Int?

      enum CodingKeys: String, CodingKey {
        case name, beta, isotropic, cutoff
        case function = "fn"
        case side = "kernel_size"
        case sigmaX = "sig_x"
        case sigmaY = "sig_y"
        case angle = "theta"
        case paddedSide = "pad_to"
      }

      func family() throws -> BlurFamily {
        let isRound = isotropic ?? true
        switch function {
        case "bivariate_Gaussian": return isRound ? .isotropic : .anisotropic
        case "bivariate_generalized_Gaussian": return isRound ? .generalizedIsotropic : .generalizedAnisotropic
        case "bivariate_plateau": return isRound ? .plateauIsotropic : .plateauAnisotropic
        case "circular_lowpass_kernel": return .sinc
        default: throw ParityError("its case '\(name)' is of the unknown function '\(function)'")
        }
      }
    }
  }

  func run(_ fixture: Fixture) throws -> [Answer] {
    try fixture.arguments(as: Arguments.self).cases.map { item in
      let kernel = BlurKernel(
        try item.family(), side: item.side, sigmaX: item.sigmaX ?? 1, sigmaY: item.sigmaY, angle: item.angle ?? 0,
        beta: item.beta ?? 1, cutoff: item.cutoff ?? Double.pi)
      let side = max(item.side, item.paddedSide ?? 0)
      return Answer(item.name, try Tensor(BlurKernel.padded(kernel.values(), to: side), [side, side]))
    }
  }
}
