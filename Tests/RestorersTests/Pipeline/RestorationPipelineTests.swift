import Foundation
import Restorers
import TestSupport
import Testing
import Torch

struct RestorationPipelineTests {
  static func run(
    _ restorer: StubRestorer, _ colour: Tensor, target: TargetSize = .scale(4), colorFix: ColorFix = .none,
    isGrey: Bool = false, monitor: RestorationMonitor = .silent
  ) throws -> TensorPicture {
    try RestorationPipeline(restorer, device: .cpu).restore(
      TensorPicture(colour_BCHW: colour, isGrey: isGrey), target: target,
      request: RestorationRequest(colorFix: colorFix), monitor: monitor
    ).picture
  }

  /// Sides that are no multiples of anything are padded for the system and cut again.
  @Test(arguments: [(1, 1), (3, 2), (4, 4), (5, 13), (16, 17), (3, 400)])
  func oddSizes(width: Int, height: Int) throws {
    let stub = StubRestorer(sideMultiple: 48)
    let colour = try smoothPicture(width: width, height: height)
    let result = try Self.run(stub, colour)
    #expect(result.colour_BCHW.shape == [1, 3, 4 * height, 4 * width])
    let canvas = try #require(stub.canvases.first)
    #expect(canvas.size(2) % 48 == 0 && canvas.size(3) % 48 == 0)
    #expect(canvas.size(2) - 4 * height < 48 && canvas.size(3) - 4 * width < 48)
    // Padding shows nowhere but within the kernel's reach of the right and lower border.
    let plain = try colour.resized(height: 4 * height, width: 4 * width, .bicubic, antialias: true)
      .clamped(min: 0, max: 1)
    let (rows, columns) = (max(4 * height - 8, 0), max(4 * width - 8, 0))
    if rows > 0, columns > 0 {
      let seen = try result.colour_BCHW.narrowed(2, from: 0, length: rows).narrowed(3, from: 0, length: columns)
      let wanted = try plain.narrowed(2, from: 0, length: rows).narrowed(3, from: 0, length: columns)
      #expect(try Difference(seen, wanted, absolute: 1e-5, relative: 0).isClose)
    }
    #expect(try Difference(result.colour_BCHW, plain, absolute: 0.05, relative: 0).isClose)
  }

  @Test func flatPicturesStayFlat() throws {
    for fix in ColorFix.allCases {
      let result = try Self.run(StubRestorer(), .full([1, 3, 5, 7], 0.25), target: .scale(2.5), colorFix: fix)
      #expect(try Difference(result.colour_BCHW, .full([1, 3, 13, 18], 0.25), absolute: 1e-5, relative: 0).isClose)
    }
  }

  @Test(arguments: [
    (TargetSize.scale(4), 40, 28), (.scale(1), 10, 7), (.scale(1.5), 15, 11), (.width(33), 33, 23), (.height(3), 4, 3),
    (.scale(9), 90, 63),
  ])
  func sizeThatWasAskedFor(_ target: TargetSize, width: Int, height: Int) throws {
    let stub = StubRestorer()
    let result = try Self.run(stub, smoothPicture(width: 10, height: 7), target: target)
    #expect(result.width == width && result.height == height)
    // The model always works at its own factor.
    #expect(stub.canvases.first?.shape == [1, 3, 32, 48])
  }

  @Test func valuesAreCutToWhatAPictureHolds() throws {
    let stub = StubRestorer { canvas, _ in try canvas * 4 - 1.5 }
    let result = try Self.run(stub, smoothPicture(width: 8, height: 8), target: .scale(3))
    #expect(try result.colour_BCHW.maximum().item() == 1)
    #expect(try result.colour_BCHW.minimum().item() == 0)
  }

  @Test func greyStaysGrey() throws {
    let tint = try Tensor([0.1, -0.05, 0.02], [1, 3, 1, 1])
    let stub = StubRestorer { canvas, _ in try canvas + tint }
    let grey = try smoothPicture(width: 9, height: 6).narrowed(1, from: 0, length: 1).expanded([1, 3, 6, 9])
    let result = try Self.run(stub, grey, isGrey: true)
    #expect(result.isGrey)
    let planes = try result.colour_BCHW.chunks(3, axis: 1).map { try $0.floats() }
    #expect(planes[0] == planes[1] && planes[1] == planes[2])
    // Without the mark the tint stays.
    let colour = try Self.run(stub, grey).colour_BCHW.chunks(3, axis: 1).map { try $0.floats() }
    #expect(colour[0] != colour[1])
  }

  /// A model that shifts colours is held to the input, on the mean, within two levels of 8 bits.
  @Test(arguments: [ColorFix.wavelet, .adain, .none]) func meanColour(fix: ColorFix) throws {
    let shift = try Tensor([0.08, -0.06, 0.04], [1, 3, 1, 1])
    let stub = StubRestorer { canvas, _ in try canvas + shift }
    let colour = try smoothPicture(width: 24, height: 20) * 0.6 + 0.2
    let result = try Self.run(stub, colour, colorFix: fix)
    let found = try result.colour_BCHW.mean([0, 2, 3]).floats()
    let wanted = try colour.mean([0, 2, 3]).floats()
    let farthest = try #require(zip(found, wanted).map { abs($0 - $1) }.max())
    if fix == .none { #expect(farthest > 10 / 255) } else { #expect(farthest < 2 / 255) }
  }

  @Test func progressEndsWithTheColours() throws {
    let stages = Record<String>()
    let monitor = RestorationMonitor(report: { stages.add("\($0.stage) \($0.fraction)") }, cancellation: .never)
    _ = try Self.run(StubRestorer(), smoothPicture(width: 4, height: 4), monitor: monitor)
    #expect(stages.all == ["color fix 0.0", "color fix 1.0"])
  }

  @Test func cancellationEndsTheRun() throws {
    let stub = StubRestorer()
    let monitor = RestorationMonitor(report: { _ in }, cancellation: CancellationCheck { true })
    #expect(throws: CancellationError.self) {
      try Self.run(stub, smoothPicture(width: 4, height: 4), monitor: monitor)
    }
    #expect(stub.tiles.count == 1)
  }

  @Test func theMemoryBudgetReachesTheSystem() throws {
    let footprint = Footprint(fixed: 0, perPixel: 0, perTilePixel: 100)
    let stub = StubRestorer(footprint: footprint)
    let pipeline = RestorationPipeline(stub, device: .cpu)
    let picture = TensorPicture(colour_BCHW: try smoothPicture(width: 60, height: 50))
    for (memory, tile) in [(10_000_000, nil), (4_000_000, 192), (2_000_000, 128)] as [(Int, Int?)] {
      let request = RestorationRequest(memory: memory)
      let plan = try pipeline.plan(width: 60, height: 50, target: .scale(2), request: request)
      let result = try pipeline.restore(picture, target: .scale(2), request: request, monitor: .silent)
      #expect(plan.tile == tile && result.tile == tile && stub.tiles.last == .some(tile))
    }
    let error = restorationError {
      _ = try pipeline.restore(
        picture, target: .scale(2), request: RestorationRequest(memory: 1_000_000), monitor: .silent)
    }
    #expect(error?.code == .memory)
    #expect(stub.tiles.count == 3)
  }
}
