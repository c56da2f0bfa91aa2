/// What is measured of the steps between two lines of the log. Measuring and saving have times of their own.
struct StepMeter {
  private var losses: [Double] = []
  private var parts: [String: [Double]] = [:]
  private var spent = Duration.zero
  private var waited = Duration.zero

  /// Times a step.
  mutating func measure(_ step: (inout StepMeter) throws -> Void) rethrows {
    let start = ContinuousClock.now
    try step(&self)
    spent += ContinuousClock.now - start
  }

  /// Times waiting for data.
  mutating func waiting<Value>(_ body: () throws -> Value) rethrows -> Value {
    let start = ContinuousClock.now
    defer { waited += ContinuousClock.now - start }
    return try body()
  }

  /// A step's loss.
  mutating func add(loss: Double) { losses.append(loss) }

  /// A part of a batch's loss.
  mutating func add(_ part: String, _ value: Double) { parts[part, default: []].append(value) }

  /// The line: means, and seconds a step.
  func values(rate: Double) -> [String: Double] {
    func mean(_ list: [Double]) -> Double { list.reduce(0, +) / Double(max(list.count, 1)) }
    let seconds = spent / .seconds(1)
    var values = parts.mapValues(mean)
    values["loss"] = mean(losses)
    values["rate"] = rate
    values["seconds_per_step"] = seconds / Double(max(losses.count, 1))
    values["waited"] = seconds > 0 ? waited / .seconds(1) / seconds : 0
    return values
  }
}
