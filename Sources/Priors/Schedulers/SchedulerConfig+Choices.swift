extension SchedulerConfig {
  /// A field that names one of a few ways.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type, _ value: String?, key: String, default fallback: Choice
  ) throws(SchedulerError) -> Choice {
    guard let value else { return fallback }
    guard let choice = Choice(rawValue: value) else {
      let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw SchedulerError(.unsupported, "the scheduler configuration has '\(key)': '\(value)'; known are \(known)")
    }
    return choice
  }

  /// Throws when a switch is on that changes results and that Burnish does not have.
  func refuse(_ value: Bool?, key: String, because reason: String) throws(SchedulerError) {
    guard value != true else {
      throw SchedulerError(.unsupported, "the scheduler configuration has '\(key)': true; \(reason)")
    }
  }

  /// What the network predicts; the noise unless the file says otherwise.
  public func parametrisation() throws(SchedulerError) -> Parametrisation {
    try choice(Parametrisation.self, predictionType, key: "prediction_type", default: .epsilon)
  }

  /// Throws for settings that only diffusion on pixels uses.
  func refusePixelSettings() throws(SchedulerError) {
    try refuse(clipSample, key: "clip_sample", because: "it is for diffusion on pixels, set it to false")
    try refuse(thresholding, key: "thresholding", because: "it is for diffusion on pixels, set it to false")
  }
}
