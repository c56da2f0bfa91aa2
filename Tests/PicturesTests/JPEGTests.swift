import Foundation
import Testing

@testable import Pictures

@Suite struct JPEGTests {
  static func photograph(_ width: Int, _ height: Int) -> [UInt8] {
    (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<3).map { band -> UInt8 in
          let wave = sin(Double(x) / 7 + Double(band)) * cos(Double(y) / 11) * 90
          return UInt8(128 + wave + Double((x * 31 + y * 17) % 20) - 10)
        }
      }
    }
  }

  static func noise(_ a: [UInt8], _ b: [UInt8]) -> Double {
    zip(a, b).map { pow(Double($0) - Double($1), 2) }.reduce(0, +) / Double(a.count)
  }

  @Test func lowerQualityLosesMore() throws {
    let source = Self.photograph(96, 80)
    let noise = try [10, 30, 60, 95].map {
      try Self.noise(source, JPEG.roundTrip(rgb8: source, width: 96, height: 80, quality: $0))
    }
    #expect(noise == noise.sorted(by: >))
    #expect(noise[0] > 2 * noise[2])
    #expect(noise[3] > 0)
  }

  @Test func colourIsSubsampled() throws {
    // Columns of red and green by turns: at 4:2:0 their colours run together, even at the best quality.
    let pair: [[UInt8]] = [[200, 60, 60], [60, 200, 60]]
    let source: [UInt8] = (0..<32 * 32).flatMap { pair[$0 % 2] }
    let out = try JPEG.roundTrip(rgb8: source, width: 32, height: 32, quality: 100)
    let at = (16 * 32 + 16) * 3
    let (left, right) = (Int(out[at]), Int(out[at + 3]))
    #expect(abs(left - right) < 100)
  }

  @Test(arguments: [(1, 1), (7, 3), (3, 700), (160, 160)]) func anySize(width: Int, height: Int) throws {
    let flat = [UInt8](repeating: 100, count: 3 * width * height)
    let out = try JPEG.roundTrip(rgb8: flat, width: width, height: height, quality: 75)
    #expect(out.count == flat.count)
    #expect(out.allSatisfy { abs(Int($0) - 100) <= 2 })
  }

  @Test func manyThreadsAgree() async throws {
    let source = Self.photograph(64, 64)
    let expected = try JPEG.roundTrip(rgb8: source, width: 64, height: 64, quality: 50)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        group.addTask { try JPEG.roundTrip(rgb8: source, width: 64, height: 64, quality: 50) == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
  }

  @Test func badArguments() {
    let cases: [(Int, Int, Int, Int)] = [(0, 1, 0, 50), (2, 2, 11, 50), (2, 2, 12, 0), (2, 2, 12, 101)]
    for (width, height, count, quality) in cases {
      let found = error {
        _ = try JPEG.roundTrip(
          rgb8: [UInt8](repeating: 0, count: count), width: width, height: height, quality: quality)
      }
      #expect(found?.code == .invalidArgument)
    }
  }
}
