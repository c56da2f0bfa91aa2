internal import Restorers
internal import Torch

extension PictureBatch {
  /// The captions, with the tags of the high-quality picture where nobody said anything.
  func captions(taggedBy tagger: PictureReader) throws -> [String] {
    try withoutGradient {
      try captions.enumerated().map { row, caption in
        caption.isEmpty ? try tagger.words(of: try high_BCHW.narrowed(0, from: row, length: 1)) : caption
      }
    }
  }
}
