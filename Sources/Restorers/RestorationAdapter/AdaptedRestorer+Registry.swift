internal import Foundation
internal import Priors
internal import Torch

extension RestorerEntry {
  /// The Diffusion Restoration Adapter on Stable Diffusion XL.
  static let sdxlAdapter = RestorerEntry(
    name: SDXLAdapterModel.system, summary: "Stable Diffusion XL with restoration adapters: ×4 in 40 steps",
    licence: "Stable Diffusion XL: CreativeML Open RAIL++-M; the adapter's is its trainer's",
    isShipped: false,
    parts: [AdapterFiles.part("Stable Diffusion XL"), AdapterFiles.settingsPart] + SDXLParts.all,
    recognises: { path in
      if let backbone = AdapterFiles.checkpoint(at: path)?.backbone {
        return backbone == "sdxl" || backbone.hasPrefix("unet-")
      }
      // A base model without an adapter is meant to have one: loading it says what is missing.
      let folder = ModelFolder(path, model: SDXLAdapterModel.system)
      return folder.holds(SDXLParts.singleFile)
        || (folder.holds(SDXLParts.unet) && folder.holds(SDXLParts.textEncoder2))
    },
    load: { path, dtype, device in try AdaptedRestorer<SDXLAdapterModel>(path: path, dtype: dtype, device: device) },
    details: { adapterDetails(.unet(.sdxl), $0) })

  /// The Diffusion Restoration Adapter on Stable Diffusion 3.
  static let sd3Adapter = RestorerEntry(
    name: SD3AdapterModel.system, summary: "Stable Diffusion 3 with restoration adapters: ×4 in 28 steps",
    licence:
      "Stable Diffusion 3: Stability AI Community License, restricted above a yearly revenue; the adapter's is its "
      + "trainer's",
    isShipped: false,
    parts: [AdapterFiles.part("Stable Diffusion 3"), AdapterFiles.settingsPart] + SD3Parts.all,
    recognises: { path in
      if let backbone = AdapterFiles.checkpoint(at: path)?.backbone {
        return backbone.hasPrefix("sd3") || backbone.hasPrefix("mmdit-")
      }
      let folder = ModelFolder(path, model: SD3AdapterModel.system)
      return folder.holds(SD3Parts.singleFile)
        || (folder.holds(SD3Parts.transformer) && folder.holds(SD3Parts.textEncoder2) && isSD3(path))
    },
    load: { path, dtype, device in try AdaptedRestorer<SD3AdapterModel>(path: path, dtype: dtype, device: device) },
    details: { adapterDetails(.transformer(SD3TransformerConfig()), $0) })

  /// FLUX.1's folders have a transformer and two text encoders as well.
  private static func isSD3(_ folder: String) -> Bool {
    struct Config: Decodable { let _class_name: String? }
    let config = try? ConfigFile.read(Config.self, path: folder + "/transformer/config.json")
    return config?._class_name == "SD3Transformer2DModel"
  }

  /// What is trained: in the configuration that Burnish trains by itself, and in the adapter that is there.
  private static func adapterDetails(_ backbone: AdapterBackbone, _ folder: String) -> [String] {
    var lines: [String] = []
    if let counts = try? RestorationAdapterConfig.standard(for: backbone).parameterCounts(for: backbone) {
      lines.append("trained:  " + text(counts))
    }
    if let own = AdapterFiles.checkpoint(at: folder), own.backbone == backbone.id,
      let counts = try? own.config.parameterCounts(for: backbone)
    {
      lines.append("adapter:  \(own.path): " + text(counts))
    }
    lines.append("weights:  none are published by the paper's authors; an adapter has to be trained")
    return lines
  }

  private static func text(_ counts: AdapterParameterCounts) -> String {
    "\(grouped(counts.adapters)) parameters in adapters + \(grouped(counts.lowRank)) in LoRA = \(grouped(counts.total))"
  }

  /// 158057280 as 158,057,280.
  private static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    return ([Substring(digits)] + groups).joined(separator: ",")
  }
}
