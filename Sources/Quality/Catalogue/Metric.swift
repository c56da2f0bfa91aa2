/// A metric that is ready to measure.
public enum Metric {
  /// Compares each picture with one of the same size.
  case pair(any FullReferenceMetric)
  /// Looks at each picture by itself.
  case single(any NoReferenceMetric)
  /// Compares one set of pictures with another.
  case sets(FID)

  /// The name in tables, variant and border included.
  public var name: String {
    switch self {
    case .pair(let metric): metric.name
    case .single(let metric): metric.name
    case .sets(let metric): metric.name
    }
  }
}
