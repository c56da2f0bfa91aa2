import Degradation
import TestSupport
import Testing
import Torch

@Suite struct MatlabBicubicTests {
  static let cases: [(name: String, factor: Double, antialias: Bool)] = [
    ("odd.scale_0.25", 0.25, true), ("odd.scale_0.3333", 1.0 / 3, true), ("odd.scale_0.5", 0.5, true),
    ("odd.scale_2", 2, true),
    ("odd.scale_0.5_noantialias", 0.5, false),
  ]

  @Test(arguments: cases)
  func answersTheReference(name: String, factor: Double, antialias: Bool) throws {
    let fixture = try Reference("imresize")
    let input = try fixture.input("odd")
    let tensor = try MatlabBicubic.resize(input, factor: factor, antialias: antialias)
    #expect(try Difference(tensor, fixture.output(name), absolute: 1e-5, relative: 1e-5).isClose)
    let image = try #require(try PlanarImage.images(input).first).resized(factor: factor, antialias: antialias)
    #expect(try Difference(image.tensor(), fixture.output(name), absolute: 1e-5, relative: 1e-5).isClose)
  }

  @Test func knowsTheDocumentedRamp() throws {
    let ramp = try Tensor((0..<16).map { Float($0) }, [1, 1, 4, 4])
    let expected: [Float] = [0.75055, 2.10044, 3.45033, 6.15011, 7.5, 8.84989, 11.54967, 12.89956, 14.24945]
    let found = try MatlabBicubic.resize(ramp, factor: 0.75)
    #expect(try Difference(found, Tensor(expected, [1, 1, 3, 3]), absolute: 1e-5, relative: 0).isClose)
  }

  @Test(arguments: [
    (0.5, 8, [-3, -9, 29, 111, 111, 29, -9, -3], 256.0),
    (0.25, 4, [-7, -45, -75, -49, 93, 399, 745, 987, 987, 745, 399, 93, -49, -75, -45, -7], 4096.0),
  ])
  func interiorTapsAreExact(factor: Double, output: Int, taps: [Int], denominator: Double) throws {
    // The response of one output column to a unit column at each place.
    let width = 64
    let identity = try Tensor.identity(width).reshaped([1, 1, width, width])
    let response = try MatlabBicubic(height: width, width: width, toHeight: width, width: Int(Double(width) * factor))(
      identity)
    let column = try response.selected(3, output).floats()
    let first = Int(Double(output) / factor) - taps.count / 2 + Int(0.5 / factor)
    for (index, tap) in taps.enumerated() {
      #expect(abs(Double(column[first + index]) - Double(tap) / denominator) < 1e-7)
    }
    #expect(abs(column.reduce(0, +) - 1) < 1e-6)
  }

  @Test func enlargingHasItsPublishedTaps() throws {
    let outer = [-0.0439453, 0.3896484, 0.7275391, -0.0732422]
    let inner = [-0.0068359, 0.0908203, 0.9638672, -0.0478516]
    // Output 32 + phase; phases 2 and 3 are the mirrors of 1 and 0, one source pixel further.
    for (phase, taps) in [(0, outer), (1, inner), (2, inner.reversed()), (3, outer.reversed())] {
      let column = try MatlabBicubic(height: 1, width: 16, toHeight: 1, width: 64)(
        Tensor.identity(16).reshaped([16, 1, 1, 16])
      ).selected(3, 32 + phase).floats()
      let first = 8 - 2 + phase / 2
      for (index, tap) in taps.enumerated() { #expect(abs(Double(column[first + index]) - tap) < 1e-6, "\(phase)") }
    }
  }

  /// MATLAB's bytes by whole-number arithmetic: taps of 1/4096 along each side, halves rounded up.
  @Test(arguments: [false, true])
  func eightBitPicturesGiveMatlabsBytes(hasTies: Bool) throws {
    let side = 24
    var random = SeededRandom(seed: 8)
    let plane = (0..<side * side).map { hasTies ? UInt8($0 % 2 + 100) : UInt8(random.integer(below: 256)) }
    let half = [-7, -45, -75, -49, 93, 399, 745, 987]
    let taps = half + half.reversed()
    let reflected: (Int) -> Int = { $0 < 0 ? -1 - $0 : $0 >= side ? 2 * side - 1 - $0 : $0 }
    var expected: [UInt8] = []
    for y in 0..<side / 4 {
      for x in 0..<side / 4 {
        var sum = 0
        for (i, down) in taps.enumerated() {
          for (j, across) in taps.enumerated() {
            sum += down * across * Int(plane[reflected(4 * y - 6 + i) * side + reflected(4 * x - 6 + j)])
          }
        }
        expected.append(UInt8(min(max((sum + 1 << 23) >> 24, 0), 255)))
      }
    }
    let image = try PlanarImage(rgb8: plane.flatMap { [$0, $0, $0] }, width: side, height: side)
    let found = try image.resized(factor: 0.25).bytes8()
    #expect(found == expected.flatMap { [$0, $0, $0] })
    // In the middle the alternating columns meet at 100.5.
    if hasTies { #expect(found[(2 * 6 + 2) * 3] == 101) }
  }

  @Test func numbersThatAreNoneStayWhatTheyAre() throws {
    let image = try PlanarImage(
      width: 4, height: 4, channels: 1, pixels: [.nan, .infinity, 1e30] + [Float](repeating: 0.5, count: 13))
    #expect(try image.resized(factor: 0.5).pixels.contains { $0.isNaN })
    #expect(try image.resized(factor: 0.5).bytes8().count == 4)
  }

  @Test func sizesRoundUpAndKeepTheType() throws {
    let image = try Tensor.ones([2, 3, 9, 10], dtype: .bfloat16)
    let small = try MatlabBicubic.resize(image, factor: 0.25)
    #expect(small.shape == [2, 3, 3, 3])
    #expect(small.dtype == .bfloat16)
    #expect(try Difference(small.to(.float32), Tensor.ones([2, 3, 3, 3]), absolute: 1e-6, relative: 0).isClose)
  }

  @Test func explainsWhatItCannotDo() throws {
    let resize = try MatlabBicubic(height: 8, width: 8, factor: 2)
    #expect(resize.height == 16 && resize.width == 16)
    let sizes = #expect(throws: DegradationError.self) { try resize(Tensor.ones([1, 3, 9, 8])) }
    #expect(sizes?.message == "resizing a tensor of shape [1, 3, 9, 8]: this resize was made for 8 rows and 8 columns")
    for factor in [0, -1, Double.nan, Double.infinity] {
      let error = #expect(throws: DegradationError.self) { try flat(0.5).resized(factor: factor) }
      #expect(error?.message.hasPrefix("resizing 16 pixels by a factor of \(factor): ") == true)
    }
    #expect(throws: DegradationError.self) { try MatlabBicubic(height: 0, width: 8, factor: 2) }
    #expect(throws: DegradationError.self) { try flat(0.5).resized(width: 0, height: 4) }
  }
}
