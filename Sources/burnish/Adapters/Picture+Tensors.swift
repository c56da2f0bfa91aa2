internal import Pictures
internal import Restorers
internal import Torch

extension Picture {
  /// The picture as the pipeline takes it.
  func tensors() throws -> TensorPicture {
    TensorPicture(
      colour_BCHW: try Tensor(colour, [1, 3, height, width]),
      alpha_B1HW: try alpha.map { try Tensor($0, [1, 1, height, width]) },
      isGrey: isGrey)
  }
}
