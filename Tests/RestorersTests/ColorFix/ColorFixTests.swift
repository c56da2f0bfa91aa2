import Checkpoints
import Restorers
import TestSupport
import Testing
import Torch

struct ColorFixTests {
  private static func fixture(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: Fixture.path("ColorFix/\(name).safetensors"))
  }

  private static func picture(_ shape: [Int], seed: UInt64) throws -> Tensor {
    try Tensor.rand(shape, generator: Generator(seed: seed))
  }

  @Test(arguments: [ColorFix.wavelet, .adain])
  func givesTheNumbersOfTheRelease(fix: ColorFix) throws {
    let file = try Self.fixture("color-fix")
    let fixed = try fix.apply(file.tensor("in/content"), style: file.tensor("in/style"), clamp: false)
    let difference = try Difference(fixed, file.tensor("out/\(fix.rawValue)"), absolute: 2e-5, relative: 1e-5)
    #expect(difference.isClose, "\(difference.absolute)")
  }

  @Test func takesPicturesApartAsTheReleaseDoes() throws {
    let file = try Self.fixture("color-fix")
    let content = try file.tensor("in/content")
    let low = try Wavelet.low(content)
    #expect(try Difference(low, file.tensor("out/content_low_freq"), absolute: 2e-5, relative: 1e-5).isClose)
    #expect(try Difference(content - low, file.tensor("out/content_high_freq"), absolute: 2e-5, relative: 1e-5).isClose)
    for radius in [1, 4, 16] {
      let blurred = try Wavelet.blurred(content, radius: radius)
      let expected = try file.tensor("out/wavelet_blur.\(radius)")
      #expect(try Difference(blurred, expected, absolute: 2e-5, relative: 1e-5).isClose, "\(radius)")
    }
  }

  @Test(arguments: [ColorFix.wavelet, .adain])
  func givesTheNumbersOfTheReleaseInEightBits(fix: ColorFix) throws {
    let file = try Self.fixture("color-fix-8bit")
    let content = try file.tensor("in/content")
    let style = try file.tensor("in/style")
    let expected = try file.tensor("out/\(fix.rawValue)")
    let cut = try fix.applyInEightBits(content, style: style, cutDown: true)
    #expect(try Difference(cut, expected, absolute: 1, relative: 0).isClose)
    #expect(try cut.equal(expected).to(.float32).mean().item() > 0.999)
    // Rounding stands half a level above cutting down.
    let rounded = try fix.applyInEightBits(content, style: style)
    let shift = try (rounded - cut).mean().item()
    #expect((0.4...0.6).contains(shift), "\(shift)")
    #expect(try rounded.equal(rounded.round()).all().item() == 1)
  }

  /// In strips or whole, every pixel is the same to the bit.
  @Test(arguments: [1, 7, 31, 32, 50, 100, 1000])
  func stripsDoNotShow(rows: Int) throws {
    let content = try Self.picture([1, 3, 150, 67], seed: 1)
    let style = try Self.picture([1, 3, 150, 67], seed: 2)
    let whole = try ColorFix.wavelet.apply(content, style: style, strength: 0.7, stripRows: 150).floats()
    #expect(try ColorFix.wavelet.apply(content, style: style, strength: 0.7, stripRows: rows).floats() == whole)
  }

  @Test func coarseColourComesFromTheReferenceAndDetailFromTheResult() throws {
    let ramp = try Tensor.linspace(0.3, 0.6, count: 128).reshaped([1, 1, 1, 128]).expanded([1, 3, 96, 128])
    let texture =
      try Tensor.arange(0, 128).remainder(2).reshaped([1, 1, 1, 128]).expanded([1, 3, 96, 128]) * 0.1 - 0.05
    let cast = try Tensor([0.1, -0.05, 0.07] as [Float], [1, 3, 1, 1])
    for fix in [ColorFix.wavelet, .adain] {
      let fixed = try fix.apply(ramp + texture + cast, style: ramp)
      let small = try fixed.averagePooled(16)
      let wanted = try ramp.averagePooled(16)
      #expect(try Difference(small, wanted, absolute: 0.02, relative: 0).isClose, "\(fix)")
      #expect(try (fixed.mean([0, 2, 3]) - ramp.mean([0, 2, 3])).abs().maximum().item() < 1e-3, "\(fix)")
      let detail = try (fixed.sliced(3, from: 1, step: 2) - fixed.sliced(3, from: 0, step: 2)).mean().item()
      #expect(detail > 0.08, "\(fix) keeps the texture: \(detail)")
    }
  }

  @Test func optionsTakeEffect() throws {
    let content = try Self.picture([1, 3, 20, 20], seed: 1)
    let style = try Self.picture([1, 3, 20, 20], seed: 2) * 0.5
    #expect(try ColorFix.none.apply(content, style: style).floats() == content.floats())
    for fix in [ColorFix.wavelet, .adain] {
      let none = try fix.apply(content, style: style, strength: 0, clamp: false)
      #expect(try Difference(none, content, absolute: 1e-6, relative: 0).isClose)
      let half = try fix.apply(content, style: style, strength: 0.5, clamp: false)
      let full = try fix.apply(content, style: style, clamp: false)
      #expect(try Difference(half, (content + full) / 2, absolute: 1e-6, relative: 0).isClose)
      #expect(try full.floats() != content.floats())
    }
    let bright = try ColorFix.wavelet.apply(content, style: style + 0.9)
    #expect(try bright.maximum().item() == 1)
    #expect(try ColorFix.wavelet.apply(content, style: style + 0.9, clamp: false).maximum().item() > 1)
  }

  @Test(arguments: [[1, 3, 1, 1], [1, 1, 5, 1], [2, 3, 1, 40], [1, 4, 3, 3]])
  func smallAndGreyPicturesPass(shape: [Int]) throws {
    let content = try Self.picture(shape, seed: 1)
    let style = try Self.picture(shape, seed: 2)
    for fix in ColorFix.allCases {
      let fixed = try fix.apply(content, style: style)
      #expect(fixed.shape == shape)
      #expect(try fixed.isFinite().all().item() == 1)
    }
  }

  @Test func halfPrecisionIsWorkedOnInFloat32() throws {
    let content = try Self.picture([1, 3, 40, 40], seed: 1)
    let style = try Self.picture([1, 3, 40, 40], seed: 2)
    let fixed = try ColorFix.wavelet.apply(content.to(.bfloat16), style: style.to(.bfloat16))
    #expect(fixed.dtype == .float32)
    #expect(try Difference(fixed, ColorFix.wavelet.apply(content, style: style), absolute: 0.01, relative: 0).isClose)
  }

  @Test func aFlatPictureGetsTheReferencesColour() throws {
    let fixed = try ColorFix.adain.apply(Tensor.full([1, 3, 8, 8], 0.2), style: Tensor.full([1, 3, 8, 8], 0.7))
    #expect(try Difference(fixed, Tensor.full([1, 3, 8, 8], 0.7), absolute: 1e-6, relative: 0).isClose)
  }

  @Test(
    arguments: [
      (
        [1, 3, 8, 8], [1, 3, 8, 9], 1.0, nil,
        "colour fix of a picture of shape [1, 3, 8, 8] by one of shape [1, 3, 8, 9]"
      ),
      ([1, 4, 8, 8], [1, 3, 8, 8], 1.0, nil, "both must be BCHW of the same size and number of channels"),
      ([3, 8, 8], [3, 8, 8], 1.0, nil, "colour fix of a picture of shape [3, 8, 8]"),
      ([1, 3, 8, 8], [1, 3, 8, 8], 1.5, nil, "colour fix of strength 1.5: it goes from 0 (none) to 1 (all)"),
      ([1, 3, 8, 8], [1, 3, 8, 8], 1.0, 0, "colour fix in strips of 0 rows: it must be at least 1"),
    ] as [([Int], [Int], Double, Int?, String)])
  func saysWhatDoesNotGoTogether(content: [Int], style: [Int], strength: Double, rows: Int?, words: String) throws {
    do {
      _ = try ColorFix.wavelet.apply(
        Tensor.zeros(content), style: Tensor.zeros(style), strength: strength, stripRows: rows)
      Issue.record("accepted \(content) by \(style)")
    } catch let error as RestorationError {
      #expect(error.code == .argument)
      #expect(error.message.contains(words), "\(error.message)")
    }
  }
}
