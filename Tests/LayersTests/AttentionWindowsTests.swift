import TestSupport
import Testing
import Torch

@testable import Layers

struct AttentionWindowsTests {
  init() throws { try useOneThread() }

  @Test(arguments: [(8, 4, true), (8, 4, false), (6, 2, true), (4, 4, true), (3, 4, true)])
  func joiningUndoesSplitting(side: Int, window: Int, shifted: Bool) throws {
    let windows = try AttentionWindows(side: side, window: window)
    let x_BHWC = try Tensor.arange(0, Double(2 * side * side * 3)).reshaped([2, side, side, 3])
    let split_MNC = try windows.split(x_BHWC, shifted: shifted)
    #expect(windows.windowSide == min(side, window))
    #expect(split_MNC.shape == [2 * side * side / windows.tokenCount, windows.tokenCount, 3])
    #expect(try floats(windows.joined(split_MNC, shifted: shifted)) == floats(x_BHWC))
  }

  @Test func windowsAreSquaresOfTheMap() throws {
    let windows = try AttentionWindows(side: 4, window: 2)
    let x_BHWC = try Tensor.arange(0, 16).reshaped([1, 4, 4, 1])
    #expect(
      try floats(windows.split(x_BHWC, shifted: false))
        == [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15])
    #expect(
      try floats(windows.split(x_BHWC, shifted: true))
        == [5, 6, 9, 10, 7, 4, 11, 8, 13, 14, 1, 2, 15, 12, 3, 0])
  }

  /// Each offset has its row: twice as far down as right is another one than twice as far right as down.
  @Test func aBiasBelongsToAnOffset() throws {
    let windows = try AttentionWindows(side: 3, window: 3)
    #expect(windows.offsetCount == 25)
    let table_OH = try Tensor.arange(0, 50).reshaped([25, 2])
    let bias = try windows.bias(table_OH, shifted: true)
    #expect(bias.shape == [1, 2, 9, 9])
    func value(_ query: (y: Int, x: Int), _ key: (y: Int, x: Int), head: Int) throws -> Double {
      try bias.selected(1, head).selected(1, 3 * query.y + query.x).selected(1, 3 * key.y + key.x).item()
    }
    for (query, key) in [((0, 0), (2, 1)), ((2, 1), (0, 0)), ((1, 1), (1, 1)), ((0, 2), (1, 0))] {
      let row = (query.0 - key.0 + 2) * 5 + query.1 - key.1 + 2
      #expect(try value(query, key, head: 0) == Double(2 * row))
      #expect(try value(query, key, head: 1) == Double(2 * row + 1))
    }
  }

  /// In a shifted window, exactly those tokens see each other that lie side by side in the unrolled map.
  @Test(arguments: [(8, 4), (9, 3), (4, 2)])
  func whatCameRoundIsHidden(side: Int, window: Int) throws {
    let windows = try AttentionWindows(side: side, window: window)
    let zero_OH = try Tensor.zeros([windows.offsetCount, 1])
    let mask = try windows.bias(zero_OH, shifted: true)
    let count = side * side / windows.tokenCount
    #expect(mask.shape == [count, 1, windows.tokenCount, windows.tokenCount])
    let places = try windows.split(
      try Tensor.arange(0, Double(side * side)).reshaped([1, side, side, 1]), shifted: true
    ).squeezed(2)
    var wrong = 0
    for index in 0..<count {
      let tokens = try places.selected(0, index).integers()
      let values = try mask.selected(0, index).flattened().floats()
      for (row, a) in tokens.enumerated() {
        for (column, b) in tokens.enumerated() {
          let isNear = abs(a / side - b / side) < window && abs(a % side - b % side) < window
          if values[row * tokens.count + column] != (isNear ? 0 : -100) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func plainWindowsShareOneBias() throws {
    let windows = try AttentionWindows(side: 8, window: 4)
    let table_OH = try Tensor.zeros([windows.offsetCount, 3])
    #expect(try windows.bias(table_OH, shifted: false).shape == [1, 3, 16, 16])
    #expect(windows.maskCount(shifted: false) == 1 && windows.maskCount(shifted: true) == 4)
  }
}

/// The values of a tensor.
private func floats(_ tensor: Tensor) throws -> [Float] { try tensor.floats() }
