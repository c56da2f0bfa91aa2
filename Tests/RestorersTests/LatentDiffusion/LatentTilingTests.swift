import Restorers
import Testing
import Torch

struct LatentTilingTests {
  @Test func coversTheLatentByTilesThatShareAQuarter() throws {
    let picture = try Tensor.zeros([1, 3, 512, 768])
    let tiling = try #require(try LatentTiling.covering(picture, side: 256, factor: 8, alignment: 8))
    #expect((tiling.plan.height, tiling.plan.width) == (64, 96))
    #expect((tiling.plan.tileHeight, tiling.plan.tileWidth) == (32, 32))
    #expect(tiling.window == .cosine)
    #expect(Set(tiling.plan.tiles.map(\.left)) == [0, 16, 40, 64])
    #expect(tiling.plan.tiles.allSatisfy { $0.top.isMultiple(of: 8) && $0.left.isMultiple(of: 8) })
  }

  @Test func aPictureWithinOneTileIsLeftWhole() throws {
    let picture = try Tensor.zeros([1, 3, 512, 768])
    #expect(try LatentTiling.covering(picture, side: 768, factor: 8) == nil)
    #expect(try LatentTiling.covering(picture, side: 767, factor: 8) != nil)
  }

  @Test func aTileTooSmallToBeCutIsRefused() throws {
    #expect(throws: RestorationError.self) {
      try LatentTiling.covering(.zeros([1, 3, 512, 512]), side: 64, factor: 8, alignment: 16)
    }
  }
}
