internal import Torch

/// The mean of what a network makes of a picture mirrored and turned, each answer turned back: errors that depend on the
/// orientation average out (Lim et al. 2017, "EDSR", section 4.2: geometric self-ensemble).
enum SelfEnsemble {
  /// The views there are: those of a square.
  static let limit = 8

  /// The mean over the first `views` orientations.
  /// - Parameters:
  ///   - picture_BCHW: The picture.
  ///   - views: 1 … 8. The first is the picture itself; 2 mirrors it left and right, 4 up and down too, 8 swaps rows and columns
  ///     as well.
  ///   - answer: What the network makes of one; of the same size.
  static func mean(of picture_BCHW: Tensor, views: Int, _ answer: (Tensor) throws -> Tensor) throws -> Tensor {
    var sum_BCHW = try answer(picture_BCHW)
    for view in 1..<max(views, 1) {
      let seen_BCHW = try turned(picture_BCHW, view).contiguous()
      sum_BCHW = try sum_BCHW + turnedBack(try answer(seen_BCHW), view)
    }
    return views > 1 ? try sum_BCHW * (1 / Double(views)) : sum_BCHW
  }

  /// Bit 0 mirrors left and right, bit 1 up and down, bit 2 then swaps rows and columns.
  private static func turned(_ x_BCHW: Tensor, _ view: Int) throws(TorchError) -> Tensor {
    let mirrored = try x_BCHW.flipped(axes(view))
    return view & 4 == 0 ? mirrored : try mirrored.transposed(2, 3)
  }

  private static func turnedBack(_ x_BCHW: Tensor, _ view: Int) throws(TorchError) -> Tensor {
    try (view & 4 == 0 ? x_BCHW : x_BCHW.transposed(2, 3)).flipped(axes(view))
  }

  private static func axes(_ view: Int) -> [Int] { (view & 1 == 0 ? [] : [3]) + (view & 2 == 0 ? [] : [2]) }
}
