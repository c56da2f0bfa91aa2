/// How much distillation counts beside the adversarial loss at each of the student's times (AddSR's timestep-adapting loss,
/// Xie et al. 2024, section 3.4), as a recipe's part: the k-th of them, from the noisiest, has `first · ratio^(k - 1)`.
///
/// Both published accounts agree on the numbers, and differ in which pass k counts.
public struct TimestepWeight: Sendable, Codable, Hashable {
  /// Which account.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// The paper's: k is the time at which the student's answer is judged, so that the weight grows as noise falls. Later
    /// steps are held to the teacher, early ones may invent.
    case paper
    /// The published code's: k is the time of the first of two passes, one before the judged one; an answer of one pass
    /// has the last and largest weight, though it is the noisiest.
    case release
    /// 1 at all times: ADD's own loss (Sauer et al. 2023).
    case constant
  }

  /// Which account.
  public var form = Form.paper
  /// The weight of k = 1.
  public var first = 0.5
  /// How the weight grows from one k to the next.
  public var ratio = 2.1

  /// The published numbers.
  public init() {}

  /// Reads a recipe's part. Keys that are absent keep their defaults.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.readChoice(.form, into: &form)
    try values.read(.first, into: &first)
    try values.read(.ratio, into: &ratio)
    for (key, number) in [(CodingKeys.first, first), (.ratio, ratio)] {
      try values.require(number > 0 && number.isFinite, key, "it is \(number); it must be above 0")
    }
  }

  /// The weight of an answer.
  /// - Parameters:
  ///   - place: Which of the student's times it was given at, 0 for the noisiest.
  ///   - passes: 1, or 2 where a first pass at the time before refined what the student looked at.
  ///   - count: The number of the student's times.
  public func weight(at place: Int, passes: Int, of count: Int) -> Double {
    switch form {
    case .constant: 1
    case .paper: power(place)
    case .release: power(passes == 2 ? place - 1 : count - 1)
    }
  }

  private func power(_ exponent: Int) -> Double { (0..<max(exponent, 0)).reduce(first) { value, _ in value * ratio } }
}
