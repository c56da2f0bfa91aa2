internal import Foundation

/// A file of published weights that a metric needs.
public struct MetricFile: Sendable, Hashable {
  /// The names that it goes by, the published one first.
  public let names: [String]
  /// What it holds, and in which form it is published.
  public let summary: String
  /// Where it comes from.
  public let source: String
  /// The terms that its publisher states.
  public let licence: String

  /// Where it lies: under one of its names, or a safetensors file of the same tensors under such a name.
  /// - Parameter folder: Where to look.
  /// - Returns: nil where it is absent.
  public func find(in folder: String) -> String? {
    let stems = names.map { ($0 as NSString).deletingPathExtension + ".safetensors" }
    return (names + stems).map { (folder as NSString).appendingPathComponent($0) }
      .first(where: FileManager.default.fileExists)
  }
}

extension MetricFile {
  static let alexNet = MetricFile(
    names: ["alexnet-owt-7be5be79.pth", "alexnet-owt-4df8aa71.pth"],
    summary: "torchvision's AlexNet, of which the convolutions are used; a PyTorch file, 244 MB",
    source: "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", licence: "BSD-3-Clause (torchvision)")

  static let vgg16 = MetricFile(
    names: ["vgg16-397923af.pth"],
    summary: "torchvision's VGG-16, of which the convolutions are used; a PyTorch file, 553 MB",
    source: "https://download.pytorch.org/models/vgg16-397923af.pth", licence: "BSD-3-Clause (torchvision)")

  /// The linear layers of LPIPS 0.1.
  static func lpips(_ trunk: LPIPS.Trunk) -> MetricFile {
    MetricFile(
      names: trunk == .alex
        ? ["LPIPS_v0.1_alex-df73285e.pth", "alex.pth"] : ["LPIPS_v0.1_vgg-a78928a0.pth", "vgg.pth"],
      summary: "LPIPS 0.1's weights of channels; a PyTorch file of the old format, 6 to 7 kB",
      source: "https://github.com/richzhang/PerceptualSimilarity, lpips/weights/v0.1", licence: "BSD-2-Clause")
  }

  static let dists = MetricFile(
    names: ["DISTS_weights-f5e65c96.pth", "dists_weights.pt"],
    summary: "DISTS's alpha and beta; a PyTorch file of the old format, 12 kB, published as weights.pt",
    source: "https://github.com/dingkeyan93/DISTS, DISTS_pytorch/weights.pt", licence: "MIT")

  static func musiq(_ variant: MUSIQ.Variant) -> MetricFile {
    let name =
      switch variant {
      case .koniq: "musiq_koniq_ckpt-e95806b9.pth"
      case .spaq: "musiq_spaq_ckpt-358bb6af.pth"
      case .paq2piq: "musiq_paq2piq_ckpt-364c0c84.pth"
      case .ava: "musiq_ava_ckpt-e8d3f067.pth"
      }
    return MetricFile(
      names: [name], summary: "MUSIQ as pyiqa converted it from Google's; a PyTorch file, 109 MB",
      source: "https://huggingface.co/chaofengc/IQA-PyTorch-Weights",
      licence: "CC-BY-NC-SA-4.0 (pyiqa's collection; the original is Apache-2.0)")
  }

  static func maniqa(_ variant: MANIQA.Variant) -> MetricFile {
    switch variant {
    case .pipal:
      MetricFile(
        names: ["MANIQA_PIPAL-ae6d356b.pth"], summary: "MANIQA, of PIPAL; a PyTorch file, 543 MB",
        source: "https://huggingface.co/chaofengc/IQA-PyTorch-Weights",
        licence: "CC-BY-NC-SA-4.0 (pyiqa's collection; the original is Apache-2.0)")
    case .koniq, .kadid:
      MetricFile(
        names: ["ckpt_\(variant.rawValue)10k.pt"], summary: "MANIQA, of \(variant.rawValue)10k; a PyTorch file, 543 MB",
        source: "https://github.com/IIGROUP/MANIQA/releases", licence: "Apache-2.0")
    }
  }

  static let clip = MetricFile(
    names: ["RN50.pt"], summary: "OpenAI's CLIP with a ResNet-50; a TorchScript file, 244 MB",
    source: "https://openaipublic.azureedge.net/clip/models (RN50, SHA-256 afeb0e10…)", licence: "MIT")

  static let inception = MetricFile(
    names: ["pt_inception-2015-12-05-6726825d.pth"],
    summary: "FID's Inception-v3 as pytorch-fid converted it; a PyTorch file, 95 MB",
    source: "https://github.com/mseitzer/pytorch-fid/releases", licence: "Apache-2.0")
}
