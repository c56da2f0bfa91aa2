import Checkpoints
import Foundation
import Priors
import Restorers
import TestModels
import TestSupport
import Testing
import Torch

struct RestorationModuleTests {
  static let sizes = RestorationModule.Config(width: 8, blocks: 6)

  private func starter(strength: Double = 0.05) throws -> TinyStarter {
    try TinyStarter(strength: strength) { $0.restorationModule = Self.sizes }
  }

  @Test func aNewOneLeavesThePictureAsItIs() throws {
    let picture = try StarterRestorerTests.canvas()
    let presented = try starter(strength: 0).network().presented(picture)
    #expect(try Difference(presented, picture, absolute: 1e-6, relative: 0).isClose)
    #expect(try TinyStarter().network().presented(picture).floats() == picture.floats())
  }

  /// The same from the formula, by plain convolutions.
  @Test func itIsResidualBlocksAroundAResidual() throws {
    let model = try starter()
    let picture = try StarterRestorerTests.canvas()
    func convolved(_ x: Tensor, _ name: String) throws -> Tensor {
      func parameter(_ end: String) throws -> Tensor {
        try #require(model.parameters["restoration_module.\(name).\(end)"])
      }
      return try x.conv2d(parameter("weight"), bias: parameter("bias"), padding: 1)
    }
    let latent = try (picture * 2 - 1).pixelUnshuffled(4)
    let first = try convolved(latent, "conv_in")
    var x = first
    var maps: [Tensor] = []
    for block in 0..<6 {
      x = try x + convolved(convolved(x, "blocks.\(block).conv1").relu(), "blocks.\(block).conv2")
      // After each quarter of six blocks, rounded down.
      if [0, 2, 3, 5].contains(block) { maps.append(x) }
    }
    let answer = try convolved(first + convolved(x, "conv_middle"), "conv_out")
    let expected = try ((latent + answer).pixelShuffled(4) + 1) * 0.5

    let network = try model.network()
    #expect(try Difference(network.presented(picture), expected, absolute: 1e-5, relative: 0).isClose)
    #expect(try !Difference(expected, picture, absolute: 1e-3, relative: 0).isClose)
    let found = try network.restorationMaps(of: picture)
    #expect(found.count == RestorationModule.mapCount)
    for (found, wanted) in zip(found, maps) {
      #expect(try Difference(found, wanted, absolute: 1e-5, relative: 0).isClose)
    }
  }

  /// With nothing from U-Net and ControlNet, the module's picture is the result, tiled or not.
  @Test func theLoopBeginsWithItsPicture() throws {
    var model = try starter()
    let silent = model.parameters.filter { !$0.key.hasPrefix("restoration_module.") }
    model = try TinyStarter(model, changing: silent.mapValues { try $0.zerosLike() })
    let canvas = try StarterRestorerTests.canvas(320, 256)
    let presented = try model.network().presented(canvas)
    for steps in [1, 4] {
      let whole = try StarterRestorerTests.run(model, canvas, RestorationRequest(steps: steps))
      #expect(try Difference(whole, presented, absolute: 1e-5, relative: 0).isClose)
      let tiled = try StarterRestorerTests.run(model, canvas, RestorationRequest(steps: steps), tile: 192)
      #expect(try Difference(tiled, presented, absolute: 2e-3, relative: 0).isClose)
    }
  }

  /// The mean over the orientations of a square, by turning the picture here.
  @Test(arguments: [1, 2, 4, 8]) func viewsAreAveraged(views: Int) throws {
    let silent = try starter().parameters.filter { !$0.key.hasPrefix("restoration_module.") }
      .mapValues { try $0.zerosLike() }
    let drawn = try TinyStarter {
      $0.restorationModule = Self.sizes
      $0.views = views
    }
    let model = TinyStarter(drawn, changing: silent)
    let network = try model.network()
    let canvas = try StarterRestorerTests.canvas(64, 48)
    var sum = try network.presented(canvas)
    let turns: [(Tensor) throws -> Tensor] = [
      { try $0.flipped([3]) }, { try $0.flipped([2]) }, { try $0.flipped([2, 3]) }, { try $0.transposed(2, 3) },
      { try $0.flipped([3]).transposed(2, 3) }, { try $0.flipped([2]).transposed(2, 3) },
      { try $0.flipped([2, 3]).transposed(2, 3) },
    ]
    let back: [(Tensor) throws -> Tensor] = [
      { try $0.flipped([3]) }, { try $0.flipped([2]) }, { try $0.flipped([2, 3]) }, { try $0.transposed(2, 3) },
      { try $0.transposed(2, 3).flipped([3]) }, { try $0.transposed(2, 3).flipped([2]) },
      { try $0.transposed(2, 3).flipped([2, 3]) },
    ]
    for (turn, back) in zip(turns, back).prefix(views - 1) {
      sum = try sum + back(network.presented(turn(canvas).contiguous()))
    }
    let found = try StarterRestorerTests.run(model, canvas, RestorationRequest(steps: 1))
    #expect(try Difference(found, sum * (1 / Double(views)), absolute: 1e-5, relative: 0).isClose)
  }

  @Test(arguments: [0, 9]) func viewsAreChecked(views: Int) throws {
    let folder = try TemporaryFolder()
    var config = try starter().config
    config.views = views
    try JSONEncoder().encode(config).write(to: URL(fileURLWithPath: folder.file("model.json")))
    #expect {
      try StarterFolder.config(of: folder.path)
    } throws: {
      "\($0)".contains("views \(views) is not within 1…8")
    }
  }

  @Test func itIsPartOfTheFolder() throws {
    let folder = try TemporaryFolder()
    let model = try starter()
    try model.write(to: folder.path)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
        "controlnet", "model.json", "restoration_module", "unet",
      ])
    #expect(try StarterFolder.config(of: folder.path).restorationModule == Self.sizes)
    let canvas = try StarterRestorerTests.canvas()
    let (stored, original) = (
      try StarterFolder.load(folder.path, dtype: .float32, device: .cpu).presented(canvas),
      try model.network().presented(canvas)
    )
    #expect(try Difference(stored, original, absolute: 2e-3, relative: 0).isClose)

    try FileManager.default.removeItem(atPath: folder.file("restoration_module"))
    #expect(throws: CheckpointError.self) { try StarterFolder.load(folder.path, dtype: .float32, device: .cpu) }
  }

  @Test(arguments: [(0, 4), (8, 0), (5000, 4), (8, 300)]) func sizesAreChecked(width: Int, blocks: Int) throws {
    let folder = try TemporaryFolder()
    var config = try starter().config
    config.restorationModule = .init(width: width, blocks: blocks)
    try JSONEncoder().encode(config).write(to: URL(fileURLWithPath: folder.file("model.json")))
    #expect {
      try StarterFolder.config(of: folder.path)
    } throws: {
      "\($0)".contains("width \(width) and \(blocks) blocks are not within 1…4096 and 1…256")
    }
  }
}
