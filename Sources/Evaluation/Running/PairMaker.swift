internal import Datasets
internal import Degradation

/// A low-quality picture and what it should become.
struct PicturePair {
  let low: DecodedPicture
  let reference: DecodedPicture?
  /// Sides of the result.
  let width: Int
  let height: Int

  var byteCount: Int { low.rgb8.count + (reference?.rgb8.count ?? 0) }
}

/// Makes the pairs of a group, and keeps some of them for the next row.
final class PairMaker {
  private let plan: EvaluationPlan
  private let files: any PictureFiles
  private let codec: any JPEGCodec
  private var kept: [String: PicturePair] = [:]
  private var keptBytes = 0
  /// Bytes; little, since it stands in the memory that is measured.
  private static let keptLimit = 1 << 26

  init(_ plan: EvaluationPlan, files: any PictureFiles, codec: any JPEGCodec) {
    self.plan = plan
    self.files = files
    self.codec = codec
  }

  /// The pair of a picture.
  /// - Throws: What is wrong with the files or their sizes.
  func pair(_ item: EvaluationDataset.Item, of group: EvaluationPlan.Group) throws -> PicturePair {
    let key = [group.dataset.name, group.sample.name, item.name].joined(separator: "\n")
    if let pair = kept[key] { return pair }
    let pair = try make(item, group.sample)
    if keptBytes + pair.byteCount <= Self.keptLimit {
      kept[key] = pair
      keptBytes += pair.byteCount
    }
    return pair
  }

  private func make(_ item: EvaluationDataset.Item, _ sample: EvaluationCase) throws -> PicturePair {
    switch sample.source {
    case .recipe(let recipe):
      guard let path = item.reference else { throw EvaluationError(.picture, "there is no good picture to degrade") }
      let decoded = try decode(path)
      // A stream of its own, so that the same crop is degraded in the same way whatever the rule.
      var random = SeededRandom(seed: plan.seed, name: "crop/" + item.name)
      let image = try sample.crop.apply(
        to: PlanarImage(rgb8: decoded.rgb8, width: decoded.width, height: decoded.height), multiple: recipe.scale,
        using: &random)
      let low = try recipe.degrade(image, name: item.name, seed: plan.seed, codec: codec)
      return PicturePair(
        low: try DecodedPicture(width: low.width, height: low.height, rgb8: low.bytes8()),
        reference: try DecodedPicture(width: image.width, height: image.height, rgb8: image.bytes8()),
        width: image.width, height: image.height)
    case .given:
      guard let path = item.low else { throw EvaluationError(.picture, "there is no low-quality picture") }
      let low = try decode(path)
      guard let original = item.reference else {
        return PicturePair(low: low, reference: nil, width: low.width * plan.scale, height: low.height * plan.scale)
      }
      let reference = try decode(original)
      let factor = Double(reference.width) / Double(low.width)
      guard factor >= 1, factor <= 64, Int((Double(low.height) * factor).rounded()) == reference.height else {
        throw EvaluationError(
          .picture,
          "'\(path)' has \(low.width)x\(low.height) pixels and its reference '\(original)' has "
            + "\(reference.width)x\(reference.height); a reference must be the same number of times larger along both sides"
        )
      }
      return PicturePair(low: low, reference: reference, width: reference.width, height: reference.height)
    }
  }

  private func decode(_ path: String) throws -> DecodedPicture {
    let picture = try files.decodeRGB8(path: path)
    return try DecodedPicture(width: picture.width, height: picture.height, rgb8: picture.pixels)
  }
}
