internal import CFilters
internal import Torch

/// A batch of pictures as the classic metrics want them: float64 on the scale of 0 … 255, without the border, as one plane of
/// brightness or as three of R, G and B.
///
/// Levels of bytes are computed line by line where they are needed: they would take eight times the picture's memory.
struct LevelPlanes {
  /// Pictures.
  let pictures: Int
  /// Planes of a picture: 1 of brightness, or 3.
  let planes: Int
  let height: Int
  let width: Int

  private let luma: Luma?
  private let roundsLuma: Bool
  private let border: Int
  /// Whole pictures of uint8, BHWC or BCHW, or what is left of them as float64, BCHW with as many planes as there are.
  private let source: Tensor
  private let isInterleaved: Bool

  /// - Parameters:
  ///   - tensor: RGB: uint8 in 0 … 255, or a float type in 0 … 1.
  ///   - luma: nil keeps RGB.
  ///   - border: Pixels cut from each side.
  ///   - roundsLuma: Whether brightness is rounded to whole levels.
  ///   - metric: For the messages.
  /// - Throws: `QualityError` for other than RGB pictures or too large a border; `TorchError` from libtorch.
  init(_ tensor: Tensor, luma: Luma?, border: Int, roundsLuma: Bool = false, metric: String) throws {
    guard tensor.rank == 4, tensor.size(1) == 3 else {
      throw QualityError(.picture, "measuring \(metric) of a tensor of shape \(tensor.shape): it must be B3HW")
    }
    guard border >= 0, min(tensor.size(2), tensor.size(3)) > 2 * border else {
      throw QualityError(
        .picture,
        "measuring \(metric) of pictures of \(tensor.size(3))x\(tensor.size(2)) without a border of \(border): nothing is left"
      )
    }
    (pictures, planes) = (tensor.size(0), luma == nil ? 3 : 1)
    (height, width) = (tensor.size(2) - 2 * border, tensor.size(3) - 2 * border)
    (self.luma, self.roundsLuma) = (luma, roundsLuma)
    let near = try tensor.detached().to(device: .cpu)
    if tensor.dtype == .uint8 {
      isInterleaved = near.isChannelsLast
      source = try (isInterleaved ? near.permuted([0, 2, 3, 1]) : near).contiguous()
      self.border = border
    } else {
      let levels =
        try near.to(.float64).narrowed(2, from: border, length: height)
        .narrowed(3, from: border, length: width) * 255
      source = try (luma.map { try roundsLuma ? $0.rounded(levels) : $0(levels) } ?? levels).contiguous()
      (isInterleaved, self.border) = (false, 0)
    }
  }

  /// Gives the levels for the time of a call.
  /// - Throws: `TorchError` from libtorch.
  func withReader<Value>(_ body: (Reader) -> Value) throws(TorchError) -> Value {
    try source.withBytes { body(Reader(levels: self, memory: $0)) }
  }

  /// A number for each picture of two batches of one size.
  /// - Throws: `TorchError` from libtorch.
  static func compare(
    _ images: LevelPlanes, _ references: LevelPlanes, _ body: (_ image: Reader, _ reference: Reader, Int) -> Double
  ) throws -> [Double] {
    try images.withReader { image in
      Result { () throws(TorchError) in
        try references.withReader { reference in (0..<images.pictures).map { body(image, reference, $0) } }
      }
    }.get()
  }

  /// Reads levels line by line.
  struct Reader {
    let levels: LevelPlanes
    fileprivate let memory: UnsafeRawBufferPointer

    /// Some columns of one line.
    /// - Parameter target: Room for them.
    func read(
      picture: Int, plane: Int, row: Int, columns: Range<Int>, into target: UnsafeMutablePointer<Double>
    ) {
      guard let start = memory.baseAddress else { return }
      let (rows, line) = (levels.height + 2 * levels.border, levels.width + 2 * levels.border)
      let (y, x) = (row + levels.border, columns.lowerBound + levels.border)
      guard levels.source.dtype == .uint8 else {
        let place = ((picture * levels.planes + plane) * rows + y) * line + x
        target.update(from: start.assumingMemoryBound(to: Double.self) + place, count: columns.count)
        return
      }
      let area = rows * line
      let (step, distance) = levels.isInterleaved ? (3, 1) : (1, area)
      let from = start.assumingMemoryBound(to: UInt8.self) + picture * 3 * area + (y * line + x) * step
      guard let luma = levels.luma else {
        var weights = [0.0, 0, 0]
        weights[plane] = 1
        bf_brightness(from, step, distance, columns.count, weights, 1, 0, target)
        return
      }
      if levels.roundsLuma, luma == .yiq {
        bf_brightness_in_single(
          from, step, distance, columns.count, luma.weights.map { Float($0 / luma.divisor) }, target)
      } else {
        bf_brightness(from, step, distance, columns.count, luma.weights, luma.divisor, luma.offset, target)
      }
      if levels.roundsLuma { bf_round(target, columns.count) }
    }
  }
}
