/// Something that a fixture lacks.
struct AbsentFromFixture: Error {}

/// The value, which a fixture is known to hold.
func present<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw AbsentFromFixture() }
  return value
}
