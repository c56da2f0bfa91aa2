extension PlanarImage {
  /// The picture at another size, by factor.
  ///
  /// The new sizes follow each method's home: `matlabBicubic` rounds `n · factor` up, the others down (at least 1); positions
  /// use the given factor and not the ratio of the sizes, as `imresize` and PyTorch (`scale_factor`) do. Values are neither clamped
  /// nor rounded, except by `pilBicubic`.
  /// - Parameters:
  ///   - factor: New size over old, above 0.
  ///   - method: The kernel.
  ///   - antialias: Whether `matlabBicubic` stretches its kernel when it shrinks; no other method asks.
  /// - Throws: `DegradationError` for a factor that is not a number above 0.
  public func resized(factor: Double, _ method: Resampling = .matlabBicubic, antialias: Bool = true) throws
    -> PlanarImage
  {
    let newWidth = try method.length(of: width, factor: factor)
    let newHeight = try method.length(of: height, factor: factor)
    let columns = ResampleWeights.make(method, from: width, to: newWidth, factor: factor, antialias: antialias)
    let rows = ResampleWeights.make(method, from: height, to: newHeight, factor: factor, antialias: antialias)
    return resampled(method, rows: rows, columns: columns)
  }

  /// The picture at a given size; positions use the ratio of the sizes along each axis.
  /// - Parameters:
  ///   - width: New columns, at least 1.
  ///   - height: New rows, at least 1.
  ///   - method: The kernel.
  ///   - alignsCorners: The corners of both pictures are the same points (PyTorch's `align_corners`); for `bilinear` and
  ///     `bicubic`.
  /// - Throws: `DegradationError` for a size below 1.
  public func resized(
    width newWidth: Int, height newHeight: Int, _ method: Resampling = .matlabBicubic, alignsCorners: Bool = false
  ) throws -> PlanarImage {
    guard newWidth > 0, newHeight > 0 else {
      throw DegradationError(
        .picture, "resizing a picture of \(width)x\(height) to \(newWidth)x\(newHeight): sides must be at least 1")
    }
    func axis(_ old: Int, _ new: Int) -> ResampleWeights {
      .make(method, from: old, to: new, factor: Double(new) / Double(old), alignsCorners: alignsCorners)
    }
    return resampled(method, rows: axis(height, newHeight), columns: axis(width, newWidth))
  }

  /// Every `divisor`-th pixel of the picture blurred by a Gaussian, taken in the middle of the pixels it stands for; the
  /// border reflects without repeating the edge pixel (BSRGAN's second way to shrink; Zhang et al., 2021).
  /// - Parameters:
  ///   - divisor: How many times smaller, at least 1; sides become `ceil(n / divisor)`.
  ///   - sigma: Standard deviation in pixels, above 0.
  ///   - side: Taps, odd.
  /// - Throws: `DegradationError` for numbers that make no picture.
  public func decimated(by divisor: Int, sigma: Double, side: Int = 25) throws -> PlanarImage {
    guard divisor > 0, sigma > 0, side > 0, side % 2 == 1 else {
      throw DegradationError(
        .picture,
        "shrinking a picture \(divisor) times by a Gaussian of \(side) taps with sigma \(sigma): the first must be at "
          + "least 1, the taps odd, sigma above 0")
    }
    func axis(_ count: Int) -> ResampleWeights {
      ResampleWeights(
        (0..<(count + divisor - 1) / divisor).map {
          ResampleWindows.gaussian($0, divisor: divisor, sigma: sigma, side: side)
        }, source: count, border: .mirror)
    }
    return resampled(.bicubic, rows: axis(height), columns: axis(width))
  }

  private func resampled(_ method: Resampling, rows: ResampleWeights, columns: ResampleWeights) -> PlanarImage {
    switch method {
    case .matlabBicubic: ResamplePass(rows: rows, columns: columns).runInDouble(self)
    case .pilBicubic: ResamplePass(rows: rows, columns: columns).runInLevels(self)
    default: ResamplePass(rows: rows, columns: columns).run(self)
    }
  }
}
