public import Torch

/// Another source under other names, for files whose authors named, stacked or turned parameters differently.
public struct RenamedSource: ParameterSource {
  /// Where a parameter comes from.
  public struct Origin: Sendable, Hashable {
    /// How the tensor in the file becomes the parameter, after its rows were taken.
    public enum Change: Sendable, Hashable {
      /// Rows and columns exchanged, of a matrix.
      case transposed
      /// The same elements in these sizes.
      case reshaped([Int])
      /// Without axes of size 1 at the end, until there are as many as the layer asks for: a 1×1 convolution that is a
      /// linear layer here.
      case withoutUnitAxes
      /// The second half of the rows before the first, in memory of their own.
      case halvesSwapped
    }

    /// The key in the file.
    public let key: String
    /// Which part of the tensor's first axis; nil is all of it.
    public let rows: Range<Int>?
    /// What then happens to it; nil is nothing.
    public let change: Change?

    /// A parameter's place in the file.
    public init(_ key: String, rows: Range<Int>? = nil, change: Change? = nil) {
      self.key = key
      self.rows = rows
      self.change = change
    }
  }

  /// The name of the source underneath.
  public var name: String { base.name }
  /// Every new name whose tensor is there, and every key of the source underneath that is neither renamed nor dropped:
  /// a load reports those as unexpected.
  public let keys: Set<String>
  private let base: any ParameterSource
  private let origins: [String: Origin]

  /// - Parameters:
  ///   - base: The source underneath.
  ///   - origins: Where each parameter comes from, by its new key.
  ///   - dropping: Tells which keys of `base` have no use and shall not be seen.
  public init(_ base: any ParameterSource, _ origins: [String: Origin], dropping: (String) -> Bool = { _ in false }) {
    let present = base.keys
    let found = origins.filter { present.contains($0.value.key) }
    let rest = present.subtracting(origins.values.lazy.map(\.key)).filter { !dropping($0) }
    keys = rest.union(found.keys)
    self.base = base
    self.origins = origins
  }

  /// The tensor of a new key, or of a key that was not renamed. Rows are a view of the source's memory.
  /// - Throws: `CheckpointError` when the tensor is too small or of another rank than its origin says, and what the source
  ///   underneath throws.
  public func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    guard keys.contains(key) else { return nil }
    guard let origin = origins[key] else { return try base.parameter(key, request) }
    guard var tensor = try base.parameter(origin.key, request) else { return nil }
    func misfit(_ wanted: String) -> CheckpointError {
      CheckpointError(
        .mismatch,
        "reading \(key.quoted) from \(name): \(wanted) was expected of \(origin.key.quoted), which is \(tensor.shape)")
    }
    if let rows = origin.rows {
      guard tensor.size(0) >= rows.upperBound else { throw misfit("rows \(rows.lowerBound)..<\(rows.upperBound)") }
      tensor = try tensor.narrowed(0, from: rows.lowerBound, length: rows.count)
    }
    switch origin.change {
    case nil: return tensor
    case .transposed:
      guard tensor.rank == 2 else { throw misfit("a matrix") }
      return try tensor.transposed(0, 1).contiguous()
    case .reshaped(let shape):
      guard shape.reduce(1, *) == tensor.count else { throw misfit("as many elements as \(shape) has") }
      return try tensor.reshaped(shape)
    case .halvesSwapped:
      guard tensor.rank > 0, tensor.size(0) % 2 == 0 else { throw misfit("an even number of rows") }
      return try .concatenated(try tensor.chunks(2, axis: 0).reversed(), axis: 0)
    case .withoutUnitAxes:
      var shape = tensor.shape
      while shape.count > request.shape.count, shape.last == 1 { shape.removeLast() }
      return shape == tensor.shape ? tensor : try tensor.reshaped(shape)
    }
  }
}
