public import Checkpoints

extension SeeSRLoop {
  /// The U-Net of turbo mode: SD-Turbo's, with SeeSR's image transformers. SeeSR trained nothing else in its U-Net.
  ///
  /// SD-Turbo's folder also gives autoencoder, text encoder and schedule; the ControlNet is SeeSR's own.
  /// - Parameters:
  ///   - turbo: SD-Turbo's U-Net.
  ///   - seesr: SeeSR's U-Net, the whole file.
  public static func turboUNet(
    _ turbo: any ParameterSource, imageAttentionsFrom seesr: any ParameterSource
  ) -> any ParameterSource {
    OverlaidSource(seesr, over: turbo) { $0.contains("image_attentions.") }
  }
}
