internal import Degradation

/// Which part of a good picture is taken before it is degraded.
public struct CropRule: Sendable, Hashable {
  /// Where the part lies.
  public enum Place: String, Sendable, CaseIterable {
    /// All of it.
    case none
    /// A square in the middle.
    case centre
    /// A square at a place drawn from the seed and the picture's name.
    case random
  }

  /// Where the part lies.
  public var place: Place
  /// Side of the square in pixels.
  public var side: Int
  /// Whether a picture with a shorter side is enlarged until the square fits (MATLAB's bicubic); otherwise as much is taken as
  /// there is.
  public var enlarges: Bool

  /// A rule.
  /// - Parameters:
  ///   - place: Where the part lies.
  ///   - side: Side of the square in pixels.
  ///   - enlarges: Whether smaller pictures are enlarged.
  public init(_ place: Place, side: Int = 0, enlarges: Bool = false) {
    self.place = place
    self.side = side
    self.enlarges = enlarges
  }

  /// The whole picture.
  public static let none = CropRule(.none)

  /// Reads a rule as people write it: `none`, `centre:512`, `random:512`.
  /// - Throws: `EvaluationError` that names the forms.
  public init(_ text: String) throws(EvaluationError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let word = parts[0] == "center" ? "centre" : parts[0]
    if word == "none", parts.count == 1 {
      self = .none
      return
    }
    guard let place = Place(rawValue: word), place != .none, parts.count == 2, let side = Int(parts[1]),
      (16...65_536).contains(side)
    else {
      throw EvaluationError(
        .argument,
        "--crop '\(text)' is not known; it takes none, centre:SIDE or random:SIDE with a side of 16 to 65536 pixels, such as centre:512"
      )
    }
    self.init(place, side: side)
  }

  /// In names of cases: `centre 512`.
  public var label: String { place == .none ? "" : "\(place.rawValue) \(side)" }

  /// Takes the part, with sides that are multiples of a recipe's factor.
  /// - Parameters:
  ///   - image: The good picture.
  ///   - multiple: What the sides must be multiples of, at least 1.
  ///   - random: The picture's own stream; drawn from only where the place is random.
  /// - Throws: `EvaluationError` for pictures of which nothing would be left.
  func apply(to image: PlanarImage, multiple: Int, using random: inout SeededRandom) throws -> PlanarImage {
    var image = image
    if place != .none, enlarges, min(image.width, image.height) < side {
      let factor = Double(side) / Double(min(image.width, image.height))
      // What an 8-bit file would hold.
      image = try image.resized(
        width: max(side, Int((Double(image.width) * factor).rounded())),
        height: max(side, Int((Double(image.height) * factor).rounded())), .matlabBicubic
      ).quantised()
    }
    let (wide, high) = place == .none ? (image.width, image.height) : (min(side, image.width), min(side, image.height))
    let (width, height) = (wide / multiple * multiple, high / multiple * multiple)
    guard width > 0, height > 0 else {
      throw EvaluationError(
        .picture,
        "it has \(image.width)x\(image.height) pixels, too few to be made \(multiple) times smaller; take a larger picture"
      )
    }
    let left: Int
    let top: Int
    switch place {
    case .none: (left, top) = (0, 0)
    case .centre: (left, top) = ((image.width - width) / 2, (image.height - height) / 2)
    case .random:
      left = random.integer(below: image.width - width + 1)
      top = random.integer(below: image.height - height + 1)
    }
    return try image.part(left: left, top: top, width: width, height: height)
  }
}

extension PlanarImage {
  /// A rectangle, which must lie inside.
  func part(left: Int, top: Int, width: Int, height: Int) throws -> PlanarImage {
    if (left, top, width, height) == (0, 0, self.width, self.height) { return self }
    guard left >= 0, top >= 0, left + width <= self.width, top + height <= self.height else {
      throw EvaluationError(
        .picture,
        "cutting \(width)x\(height) at (\(left), \(top)) out of a picture of \(self.width)x\(self.height): it leaves the picture"
      )
    }
    var values: [Float] = []
    values.reserveCapacity(channels * width * height)
    for channel in 0..<channels {
      for row in top..<top + height {
        let start = (channel * self.height + row) * self.width + left
        values.append(contentsOf: pixels[start..<start + width])
      }
    }
    return try PlanarImage(width: width, height: height, channels: channels, pixels: values)
  }
}
