import Restorers
import Testing
import Torch

/// Memory that runs out, and numbers that leave a type's range.
struct RecoveryTests {
  static func tooLarge(above side: Int) -> (Tensor, Int?) throws -> Tensor {
    { canvas, tile in
      if tile ?? max(canvas.size(2), canvas.size(3)) > side { throw TorchError(.outOfMemory, "no room") }
      return canvas
    }
  }

  static func run(
    _ restorer: StubRestorer, side: Int = 150, tile: TileChoice = .automatic,
    inFloat32: (() throws -> any Restorer)? = nil
  ) throws -> RestorationResult {
    try RestorationPipeline(restorer, device: .cpu, inFloat32: inFloat32).restore(
      TensorPicture(colour_BCHW: .full([1, 3, side, side], 0.5)), target: .scale(4),
      request: RestorationRequest(tile: tile), monitor: .silent)
  }

  @Test(
    arguments: [
      (1000, TileChoice.automatic, [nil]), (304, .automatic, [nil, 304]), (160, .automatic, [nil, 304, 152]),
      (200, .side(400), [400, 200]), (200, .side(160), [160]),
    ] as [(Int, TileChoice, [Int?])])
  func tilesAreHalvedUntilTheyFit(largest: Int, choice: TileChoice, tiles: [Int?]) throws {
    let stub = StubRestorer(Self.tooLarge(above: largest))
    let result = try Self.run(stub, tile: choice)
    #expect(stub.tiles == tiles)
    #expect(result.tile == tiles.last)
    #expect(!result.fellBackToFloat32)
    #expect(result.picture.colour_BCHW.shape == [1, 3, 600, 600])
  }

  @Test(arguments: [
    (TileChoice.automatic, 3, "memory ran out with tiles of 152; close other programs: no room"),
    (.side(200), 1, "memory ran out with tiles of 192; close other programs: no room"),
    (.off, 1, "memory ran out with the whole picture at once; smaller tiles (--tile auto) take less: no room"),
  ])
  func nothingFits(choice: TileChoice, calls: Int, message: String) {
    let stub = StubRestorer(Self.tooLarge(above: 0))
    let error = restorationError { _ = try Self.run(stub, tile: choice) }
    #expect(error?.code == .memory)
    #expect(error?.message == message)
    #expect(stub.tiles.count == calls)
  }

  @Test func otherFailuresAreNotRepeated() {
    let stub = StubRestorer { _, _ in throw TorchError(.operation, "shapes differ") }
    #expect(throws: TorchError.self) { try Self.run(stub) }
    #expect(stub.tiles.count == 1)
  }

  /// As a sampler tells it, and as a decoder's result shows it.
  @Test(arguments: ["thrown", "NaN", "infinity"]) func float32IsTheWayOut(kind: String) throws {
    let short = StubRestorer { canvas, _ in
      if kind == "thrown" { throw RestorationError(.notFinite, "the latent held NaN", step: 2) }
      let spoilt = try canvas.cloned()
      try spoilt.narrowed(3, from: 5, length: 1).copy(inPlace: .full([1], kind == "NaN" ? .nan : .infinity))
      return spoilt
    }
    let long = StubRestorer()
    var loads = 0
    let pipeline = RestorationPipeline(short, device: .cpu) {
      loads += 1
      return long
    }
    let picture = TensorPicture(colour_BCHW: try .full([1, 3, 8, 8], 0.5))
    for run in 1...2 {
      let result = try pipeline.restore(
        picture, target: .scale(4), request: RestorationRequest(), monitor: .silent)
      #expect(result.fellBackToFloat32)
      #expect(try result.picture.colour_BCHW.isFinite().all().item() == 1)
      // One picture's range does not change how the next one is restored.
      #expect(short.tiles.count == run && long.tiles.count == run && loads == run)
    }
  }

  @Test func float32ThatFailsFailsLoudly() {
    let spoilt = StubRestorer { canvas, _ in try canvas * .infinity }
    let again = StubRestorer { _, _ in throw RestorationError(.notFinite, "the latent held NaN", step: 1) }
    let error = restorationError { _ = try Self.run(spoilt, side: 8) { again } }
    #expect(error?.code == .notFinite)
    #expect(
      error?.message
        == "the latent held NaN; that was in float32 already, so nothing is written. Is the model damaged?")
    #expect(error?.step == 1)
    // In float32 from the start there is nothing to fall back to.
    #expect(restorationError { _ = try Self.run(spoilt, side: 8) }?.code == .notFinite)
    #expect(spoilt.tiles.count == 2 && again.tiles.count == 1)
  }

  @Test func memoryAndRangeTogether() throws {
    let short = StubRestorer { _, _ in throw RestorationError(.notFinite, "NaN") }
    let long = StubRestorer(Self.tooLarge(above: 304))
    let result = try Self.run(short) { long }
    #expect(short.tiles == [nil] && long.tiles == [nil, 304])
    #expect(result.fellBackToFloat32 && result.tile == 304)
  }
}
