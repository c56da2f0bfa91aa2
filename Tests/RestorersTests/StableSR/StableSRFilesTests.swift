import Checkpoints
import Foundation
import TestSupport
import Testing

@testable import Restorers

struct StableSRFilesTests {
  /// A folder with empty files of these names.
  static func folder(_ names: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in names { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    return folder
  }

  @Test(arguments: [
    (["stablesr_000117.ckpt"], StableSRVariant.base512), (["stablesr_turbo.ckpt"], .turbo),
    (["stablesr_768v_000139.ckpt"], .velocity768), (["stablesr_turbo.ckpt", "stablesr_000117.safetensors"], .base512),
  ])
  func theNameSaysTheVariant(names: [String], variant: StableSRVariant) throws {
    let folder = try Self.folder(names + ["vqgan_cfw_00011.ckpt"])
    #expect(StableSRFiles.recognises(folder.path))
    #expect(try StableSRFiles(folder.path).variant == variant)
    #expect(RestorerRegistry.entry(recognising: folder.path)?.name == "stablesr")
  }

  @Test func oneOfSeveralIsNamedByItsPath() throws {
    let folder = try Self.folder(["stablesr_000117.ckpt", "stablesr_turbo.ckpt", "vqgan_cfw_00011.ckpt"])
    let files = try StableSRFiles(folder.file("stablesr_turbo.ckpt"))
    #expect(files.variant == .turbo)
    #expect(files.main == folder.file("stablesr_turbo.ckpt"))
    #expect(files.featureWrapping.hasSuffix("/vqgan_cfw_00011.ckpt"))
    #expect(RestorerRegistry.entry(recognising: folder.file("stablesr_turbo.ckpt"))?.name == "stablesr")
  }

  @Test func withoutTheAutoencoderItSaysSo() throws {
    let folder = try Self.folder(["stablesr_turbo.ckpt"])
    let error = #expect(throws: CheckpointError.self) { try StableSRFiles(folder.path) }
    #expect(error?.message.contains("its part 'CFW'") == true)
    #expect(error?.message.contains("vqgan_cfw_00011.safetensors, vqgan_cfw_00011.ckpt") == true)
  }

  @Test func otherFoldersAreNotStableSRs() throws {
    #expect(!StableSRFiles.recognises(try Self.folder(["model.ckpt"]).path))
    #expect(!StableSRFiles.recognises("/nowhere"))
  }
}
