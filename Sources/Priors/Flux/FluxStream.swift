internal import Torch

/// Picture and text on their way through the double blocks, with what an adapter adds.
struct FluxStream {
  private var picture_BLD: Tensor
  private var text_BTD: Tensor
  /// True once a tensor is a block's own answer, which may be added to in place: the text that comes in is the prompt's.
  private var isOwn = false

  init(picture_BLD: Tensor, text_BTD: Tensor) {
    self.picture_BLD = picture_BLD
    self.text_BTD = text_BTD
  }

  /// Goes through a block.
  mutating func pass(_ block: (Tensor, Tensor) throws -> (picture_BLD: Tensor, text_BTD: Tensor)) throws {
    let answer = try block(picture_BLD, text_BTD)
    picture_BLD = try answer.picture_BLD.withinHalfFloat()
    text_BTD = try answer.text_BTD.withinHalfFloat()
    isOwn = true
  }

  /// Adds what an adapter says behind a block.
  mutating func add(_ control: (any FluxControl)?, behind block: Int) throws(TorchError) {
    guard let control, isOwn else { return }
    if let picture = try control.picture(behind: block) { picture_BLD = try picture_BLD.reusedForSum(with: picture) }
    if let text = try control.text(behind: block) { text_BTD = try text_BTD.reusedForSum(with: text) }
  }

  /// Both as one sequence.
  func joined() throws(TorchError) -> FluxSequence {
    FluxSequence(
      x_BSD: try .concatenated([text_BTD, picture_BLD], axis: 1), textLength: text_BTD.size(1),
      pictureLength: picture_BLD.size(1))
  }
}

/// Text and picture as one sequence on their way through the single blocks.
struct FluxSequence {
  /// The text's tokens, then the picture's.
  private var x_BSD: Tensor
  private let textLength: Int
  private let pictureLength: Int

  init(x_BSD: Tensor, textLength: Int, pictureLength: Int) {
    self.x_BSD = x_BSD
    self.textLength = textLength
    self.pictureLength = pictureLength
  }

  /// Goes through a block.
  mutating func pass(_ block: (Tensor) throws -> Tensor) throws {
    x_BSD = try block(x_BSD).withinHalfFloat()
  }

  /// Adds what an adapter says behind a block to the tokens that are meant.
  /// - Parameter isLast: Text does not go on from here.
  mutating func add(_ control: (any FluxControl)?, behind block: Int, isLast: Bool) throws(TorchError) {
    guard let control else { return }
    let picture_BLD = try control.picture(behind: block)
    let text_BTD = isLast ? nil : try control.text(behind: block)
    guard picture_BLD != nil || text_BTD != nil else { return }
    let parts = try x_BSD.split([textLength, pictureLength], axis: 1)
    if !isGradientRecorded {
      if let text_BTD { try parts[0].add(inPlace: text_BTD) }
      if let picture_BLD { try parts[1].add(inPlace: picture_BLD) }
      return
    }
    x_BSD = try .concatenated(
      [
        try text_BTD.map { added throws(TorchError) in try parts[0] + added } ?? parts[0],
        try picture_BLD.map { added throws(TorchError) in try parts[1] + added } ?? parts[1],
      ], axis: 1)
  }

  /// The picture's tokens.
  func picture() throws(TorchError) -> Tensor { try x_BSD.narrowed(1, from: textLength, length: pictureLength) }
}

extension Tensor {
  /// In float16, cut to its range: the text's tokens go beyond it, and infinity would spread. Others stay as they are.
  fileprivate func withinHalfFloat() throws(TorchError) -> Tensor {
    dtype == .float16 ? try clamped(min: -65504, max: 65504) : self
  }
}
