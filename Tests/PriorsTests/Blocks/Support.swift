import Checkpoints
import Foundation
import Priors
import TestSupport
import Testing
import Torch

/// A fixture of `Tests/Fixtures/Priors/make-priors.py`: a tiny network's weights, inputs and answers.
struct PriorsFixture {
  private let file: SafetensorsFile

  init(_ name: String) throws {
    try useOneThread()
    file = try SafetensorsFile(path: Fixture.path("Priors/\(name).safetensors"))
  }

  func config() throws -> UNetConfig {
    try JSONDecoder().decode(UNetConfig.self, from: Data(#require(file.metadata["config"]).utf8))
  }

  /// Builds a network from the weights; every key must be used.
  func load<Network>(dtype: DType? = nil, _ build: (ParameterPath) throws -> Network) throws -> Network {
    try ParameterLoader.load(PrefixedSource(file, prefix: "w/"), component: "a fixture", dtype: dtype, build)
  }

  /// The weights by key, in memory of their own.
  func weights() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for key in file.keys where key.hasPrefix("w/") { weights[String(key.dropFirst(2))] = try file.tensor(key).cloned() }
    return weights
  }

  func input(_ name: String) throws -> Tensor { try file.tensor("in/" + name) }
  func output(_ name: String) throws -> Tensor { try file.tensor("out/" + name) }

  /// `name.0`, `name.1`, … as far as they go.
  func list(_ name: String) throws -> [Tensor] {
    var list: [Tensor] = []
    while file.keys.contains("\(name).\(list.count)") { list.append(try file.tensor("\(name).\(list.count)")) }
    return list
  }
}

/// Draws for tests that need numbers and do not care which.
struct Draws {
  private let generator: Generator

  init(seed: UInt64 = 1) throws { generator = try Generator(seed: seed) }

  func normal(_ shape: [Int]) throws -> Tensor { try .randn(shape, generator: generator) }
}

/// Fills whatever a component asks for with random numbers, and keeps them.
final class RandomSource: ParameterSource {
  let name = "random parameters"
  let keys: Set<String> = []
  private(set) var tensors: [String: Tensor] = [:]
  private let draws: Draws
  private let deviation: Double

  init(seed: UInt64 = 1, deviation: Double = 0.3) throws {
    try useOneThread()
    draws = try Draws(seed: seed)
    self.deviation = deviation
  }

  func parameter(_ key: String, _ request: ParameterRequest) throws -> Tensor? {
    let tensor = try draws.normal(request.shape) * deviation
    tensors[key] = tensor
    return tensor
  }

  /// A parameter that was asked for.
  func callAsFunction(_ key: String) throws -> Tensor { try #require(tensors[key], "nobody asked for '\(key)'") }
}

/// Runs a body as training does and as inference does, in turn and several times: what a layer keeps of its first passes
/// must serve the later ones, and both ways must answer the same.
func inEveryMode(_ body: () throws -> Void) throws {
  for _ in 0..<3 {
    try withGradient { () throws in try body() }
    try withoutGradient { () throws in try body() }
  }
}

/// The largest difference, over the root mean square of what is expected.
func relativeError(_ actual: Tensor, _ expected: Tensor) throws -> Double {
  try #require(actual.shape == expected.shape)
  let scale = try expected.to(.float32).square().mean().sqrt().item()
  return try (actual.to(.float32) - expected.to(.float32)).abs().maximum().item() / scale
}

func isClose(_ actual: Tensor, _ expected: Tensor, _ tolerance: Double = 2e-5) throws -> Bool {
  try Difference(actual, expected, absolute: tolerance, relative: tolerance).isClose
}

func floats(_ tensor: Tensor) throws -> [Float] { try tensor.floats() }
