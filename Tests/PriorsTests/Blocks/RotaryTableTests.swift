import Foundation
import Priors
import Testing
import Torch

struct RotaryTableTests {
  /// The formula, number by number: pair j of an axis with d channels is turned by p · 10000^(-2j/d).
  @Test func turnsNeighbouringChannels() throws {
    let (positions, channels): ([[Double]], [Int]) = ([[0, 0, 0], [1, 300, 7], [0, 5, 1023]], [2, 4, 6])
    let table = try RotaryTable(positions: positions, channels: channels)
    #expect(table.length == 3)
    let x_BSHK = try Draws().normal([2, 3, 2, 12])
    let (given, found) = (try floats(x_BSHK), try floats(table(x_BSHK)))
    for row in 0..<12 {
      let place = positions[row / 2 % 3]
      var channel = 0
      for (axis, count) in channels.enumerated() {
        for pair in 0..<count / 2 {
          let angle = place[axis] * pow(10000, -2 * Double(pair) / Double(count))
          let (x, y) = (Double(given[row * 12 + channel]), Double(given[row * 12 + channel + 1]))
          #expect(abs(Double(found[row * 12 + channel]) - (x * cos(angle) - y * sin(angle))) < 1e-6)
          #expect(abs(Double(found[row * 12 + channel + 1]) - (y * cos(angle) + x * sin(angle))) < 1e-6)
          channel += 2
        }
      }
    }
  }

  @Test func keepsTheTypeAndTurnsInFloat32() throws {
    let table = try RotaryTable(positions: [[3, 4]], channels: [4, 4])
    let x = try Draws().normal([1, 1, 2, 8]).to(.bfloat16)
    let turned = try table(x)
    #expect(turned.dtype == .bfloat16)
    #expect(try floats(turned) == floats(table(x.to(.float32)).to(.bfloat16)))
  }

  /// The score of two tokens depends on how far they are apart, not on where they are.
  @Test func scoresDependOnDistances() throws {
    let (query, key) = (try Draws().normal([1, 1, 1, 8]), try Draws(seed: 2).normal([1, 1, 1, 8]))
    func score(_ a: Double, _ b: Double) throws -> Double {
      let turned = try RotaryTable(positions: [[a]], channels: [8])(query)
      return try (turned * RotaryTable(positions: [[b]], channels: [8])(key)).sum().item()
    }
    #expect(try abs(score(3, 5) - score(40, 42)) < 1e-5)
    #expect(try abs(score(3, 5) - score(3, 6)) > 1e-2)
  }

  @Test(arguments: [([[1.0, 2]], [4]), ([[1.0]], [3]), ([[1.0]], [0])])
  func refusesAxesThatDoNotFit(positions: [[Double]], channels: [Int]) {
    let error = #expect(throws: TorchError.self) { try RotaryTable(positions: positions, channels: channels) }
    #expect(error?.message.contains("each axis takes an even number of channels") == true)
  }
}
