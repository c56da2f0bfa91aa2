import Checkpoints
import Foundation
import Torch

/// One recorded run of a reference implementation: weights, inputs, outputs, and how they belong together.
struct Fixture {
  /// Which component it is of.
  let component: String
  /// The reference's configuration, JSON.
  let config: Data
  /// The arguments of the call that are no tensors, JSON.
  let arguments: Data
  /// How far every output may be off.
  let absoluteTolerance: Double
  /// How far every output may be off, relative to its expected value.
  let relativeTolerance: Double
  /// Names of the outputs, without `out/`.
  let outputs: Set<String>
  private let file: SafetensorsFile

  /// Opens a fixture.
  /// - Throws: `CheckpointError` for a broken file, `ParityError` for one that is no fixture.
  init(path: String) throws {
    file = try SafetensorsFile(path: path)
    let metadata = file.metadata
    func said(_ key: String) throws -> String {
      guard let text = metadata[key] else { throw ParityError("its metadata lacks '\(key)', so it is no fixture") }
      return text
    }
    func number(_ key: String) throws -> Double {
      guard let value = Double(try said(key)), value.isFinite, value >= 0 else {
        throw ParityError("its '\(key)' is '\(try said(key))', not a tolerance")
      }
      return value
    }
    component = try said("component")
    config = Data(try said("config").utf8)
    arguments = Data((metadata["args"] ?? "{}").utf8)
    absoluteTolerance = try number("atol")
    relativeTolerance = try number("rtol")
    outputs = Set(file.keys.lazy.filter { $0.hasPrefix("out/") }.map { String($0.dropFirst(4)) })
  }

  /// The configuration as a type of its own.
  func config<Value: Decodable>(as type: Value.Type) throws -> Value { try Self.decode(config, type, "config") }

  /// One part of a configuration that joins those of several modules.
  func config<Value: Decodable>(part: String, as type: Value.Type) throws -> Value {
    guard let whole = try JSONSerialization.jsonObject(with: config) as? [String: Any], let found = whole[part] else {
      throw ParityError("its config has no part '\(part)'")
    }
    return try Self.decode(try JSONSerialization.data(withJSONObject: found, options: .fragmentsAllowed), type, part)
  }

  /// The call's arguments as a type of their own.
  func arguments<Value: Decodable>(as type: Value.Type) throws -> Value { try Self.decode(arguments, type, "args") }

  private static func decode<Value: Decodable>(_ json: Data, _ type: Value.Type, _ what: String) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: json)
    } catch {
      throw ParityError("its \(what) cannot be read as \(type): \(error)")
    }
  }

  /// An input that must be there.
  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }

  /// An input that may be there.
  func optionalInput(_ name: String) throws -> Tensor? {
    file.keys.contains("in/" + name) ? try input(name) : nil
  }

  /// The inputs `name.0`, `name.1`, …
  func inputs(_ name: String) throws -> [Tensor] {
    var all: [Tensor] = []
    while let next = try optionalInput("\(name).\(all.count)") { all.append(next) }
    return all
  }

  /// An input's slices along its first axis; none when there is no such input.
  func slices(_ name: String) throws -> [Tensor] {
    guard let all = try optionalInput(name) else { return [] }
    return try (0..<all.size(0)).map { try all.selected(0, $0) }
  }

  /// The time of each row of a batch.
  func timesteps(batch: Int) throws -> Tensor {
    let times = try input("timestep").to(.float32).reshaped([-1])
    return times.count == batch ? times : try times.expanded([batch])
  }

  /// A weight by itself, where there is no module to build.
  func weight(_ key: String) throws -> Tensor { try file.tensor("w/" + key) }

  /// What the reference answered.
  func output(_ name: String) throws -> Tensor { try file.tensor("out/" + name) }

  /// The fixture's weights.
  /// - Parameter prefix: Where those that are meant stand below `w/`, with its final slash or dot.
  func weights(_ prefix: String = "") -> PrefixedSource { PrefixedSource(file, prefix: "w/" + prefix) }

  /// Tensors that are neither weights nor inputs nor outputs of the reference's.
  /// - Parameter prefix: What their names begin with, with its final slash.
  func part(_ prefix: String) -> PrefixedSource { PrefixedSource(file, prefix: prefix) }

  /// Builds a module from the fixture's weights, every one of which must be used.
  /// - Parameters:
  ///   - prefix: Where the module's weights stand below `w/`, with its final slash or dot.
  ///   - keyMap: From the spelling of the fixture to the module's; nil where they are the same.
  ///   - build: Makes the module.
  func load<Module>(
    _ prefix: String = "", renamedBy keyMap: KeyMap? = nil, _ build: (ParameterPath) throws -> Module
  ) throws -> Module {
    let weights = weights(prefix)
    return try ParameterLoader.load(
      keyMap?.reading(weights) ?? weights, component: component, dtype: .float32, build)
  }
}
