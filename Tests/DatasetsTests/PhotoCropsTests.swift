import Datasets
import Degradation
import TestSupport
import Testing

@Suite struct PhotoCropsTests {
  /// Red (column) and green (row) of the four corners, from the top left, row by row, for a crop of 4 at (10, 20).
  static let corners: [[[UInt8]]] = [
    [[10, 20], [13, 20], [10, 23], [13, 23]], [[13, 20], [10, 20], [13, 23], [10, 23]],
    [[10, 23], [13, 23], [10, 20], [13, 20]],
    [[13, 23], [10, 23], [13, 20], [10, 20]], [[10, 20], [10, 23], [13, 20], [13, 23]],
    [[13, 20], [13, 23], [10, 20], [10, 23]],
    [[10, 23], [10, 20], [13, 23], [13, 20]], [[13, 23], [13, 20], [10, 23], [10, 20]],
  ]

  @Test(arguments: 0..<8)
  func turnsAreTheEightOfASquare(turn: Int) throws {
    let crop = try marked(width: 40, height: 50, blue: 9).crop(left: 10, top: 20, side: 4, turn: turn).bytes8()
    let found = [0, 3, 12, 15].map { Array(crop[$0 * 3..<$0 * 3 + 2]) }
    #expect(found == Self.corners[turn])
    #expect(crop[2] == 9)
  }

  @Test func everyPicturePlaceTurnAndSizeIsReached() throws {
    let pictures = try [marked(width: 12, height: 10, blue: 1), marked(width: 10, height: 12, blue: 2)]
    let crops = try PhotoCrops(pictures, levels: [.init(factor: 1, weight: 1)])
    var random = SeededRandom(seed: 1)
    var seen = Set<[UInt8]>()
    for _ in 0..<2000 {
      let bytes = try crops.crop(side: 8, using: &random).bytes8()
      seen.insert(Array(bytes[0..<3]) + Array(bytes[21..<24]))
    }
    // 5 x 3 places, 8 turns, 2 pictures: all different by two corners.
    #expect(seen.count == 5 * 3 * 8 * 2)
  }

  @Test func levelsAreTakenByWeightAndFallBackWhenTooSmall() throws {
    let flat = try DecodedPicture(width: 16, height: 16, rgb8: [UInt8](repeating: 77, count: 768))
    let crops = try PhotoCrops([flat], levels: [.init(factor: 0.5, weight: 1), .init(factor: 1, weight: 0)])
    #expect(crops.count == 1 && crops.byteCount == 768 + 192)
    var random = SeededRandom(seed: 1)
    #expect(try crops.crop(side: 8, using: &random).bytes8() == [UInt8](repeating: 77, count: 192))
    // 16 is larger than the half-size copy.
    #expect(try crops.crop(side: 16, using: &random).width == 16)
    let error = #expect(throws: DatasetError.self) { try crops.crop(side: 17, using: &random) }
    #expect(
      error?.message == "cropping 17x17 from a picture of 16x16: it is too small; leave it out or take smaller crops")
  }

  /// A picture with stripes in its right quarter alone: of several places the one with most of them is taken.
  @Test func placesWithDetailAreTakenMoreOften() throws {
    let bytes = (0..<32 * 64).flatMap { index -> [UInt8] in
      let x = index % 64
      return Array(repeating: x >= 48 && x % 2 == 0 ? 200 : 50, count: 3)
    }
    let picture = try DecodedPicture(width: 64, height: 32, rgb8: bytes)
    func striped(places: Int) throws -> Int {
      let crops = try PhotoCrops([picture], levels: [.init(factor: 1, weight: 1)], places: places)
      var random = SeededRandom(seed: 3)
      return try (0..<400).count { _ in Set(try crops.crop(side: 8, using: &random).bytes8()).count > 1 }
    }
    // 16 of 57 columns to begin at; of four places, one at least but for (41/57)⁴.
    #expect(try abs(striped(places: 1) - 112) < 40)
    #expect(try abs(striped(places: 4) - 293) < 40)
  }

  @Test func aSmallerCopyIsTheBicubicOne() throws {
    let picture = try marked(width: 20, height: 12)
    let small = try picture.shrunk(0.5)
    let expected = try PlanarImage(rgb8: picture.rgb8, width: 20, height: 12).resized(factor: 0.5).bytes8()
    #expect((small.width, small.height) == (10, 6))
    #expect(small.rgb8 == expected)
    #expect(try picture.shrunk(1) == picture)
  }

  @Test func aFolderIsDecodedWhole() throws {
    let files = try folder(of: ["a.png", "bb.png", "ccc.png"])
    let crops = try PhotoCrops(
      PictureFolder(files.path), decoder: NamedDecoder(), levels: [.init(factor: 1, weight: 1)])
    var random = SeededRandom(seed: 1)
    let values = Set(try (0..<60).map { _ in try crops.crop(side: 4, using: &random).bytes8()[0] })
    #expect(values == [5, 6, 7])
  }

  @Test func nonsenseIsRefused() throws {
    let picture = try marked(width: 8, height: 8)
    #expect(throws: DatasetError.self) { try PhotoCrops([]) }
    #expect(throws: DatasetError.self) { try PhotoCrops([picture], levels: []) }
    #expect(throws: DatasetError.self) { try PhotoCrops([picture], levels: [.init(factor: 2, weight: 1)]) }
    #expect(throws: DatasetError.self) { try PhotoCrops([picture], levels: [.init(factor: 1, weight: 0)]) }
    #expect(throws: DatasetError.self) { try picture.crop(left: 1, top: 0, side: 8) }
    #expect(throws: DatasetError.self) { try DecodedPicture(width: 2, height: 2, rgb8: [0]) }
    #expect(throws: DatasetError.self) { try MixedCrops([]) }
    #expect(throws: DatasetError.self) { try MixedCrops([(DrawnPictures(), -1)]) }
  }

  /// A text file beside a picture is its caption; it goes with every crop of it, through mixtures and batches.
  @Test func captionsStandBesidePictures() throws {
    let folder = try folder(of: ["a.png", "bb.png", "sub/ccc.jpg"])
    try folder.write("  a red\n\nhouse \n".utf8, to: "bb.txt")
    try folder.write("a dog".utf8, to: "sub/ccc.txt")
    let crops = try PhotoCrops(
      PictureFolder(folder.path), decoder: NamedDecoder(), levels: [.init(factor: 1, weight: 1)])
    let mixed = try MixedCrops([(crops, 1)])
    let plan = try CropPlan(source: mixed, recipe: .bicubicX4, batchSize: 40, side: 8, seed: 4)
    let batch = try plan.batch(0)
    // The decoder's pixels are the length of the name.
    let wanted: [UInt8: String] = [5: "", 6: "a red house", 7: "a dog"]
    #expect(batch.captions.count == 40 && Set(batch.captions).count == 3)
    for (crop, caption) in zip(batch.highQuality, batch.captions) { #expect(wanted[crop.bytes8()[0]] == caption) }
  }

  @Test func captionsAreOneAPicture() throws {
    let error = #expect(throws: DatasetError.self) {
      try PhotoCrops([marked(width: 8, height: 8)], captions: ["a", "b"])
    }
    #expect(error?.message == "preparing crops of 1 photographs: there are 2 captions")
  }
}
