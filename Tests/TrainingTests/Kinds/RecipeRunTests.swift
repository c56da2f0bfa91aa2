import Datasets
import Degradation
import Foundation
import TestModels
import TestSupport
import Testing
import Torch

@testable import Restorers
@testable import Training

/// From a recipe's text to a folder that restores, as the program runs it.
struct RecipeRunTests {
  private struct NoPictures: PictureDecoder {
    struct Absent: Error {}
    func decodeRGB8(path: String) throws -> (width: Int, height: Int, pixels: [UInt8]) { throw Absent() }
  }

  private func train(_ text: String) throws -> [String] {
    try useOneThread()
    var lines: [String] = []
    let host = TrainingHost(
      decoder: NoPictures(), codec: BaselineJPEG(), device: .cpu, dtype: .float32, resume: false,
      writePicture: { _, _ in }, say: { lines.append($0) }, report: { _, _, _ in }, shouldStop: { false })
    try TrainingKind.train(text, name: "r.yaml", host: host)
    return lines
  }

  private func restores(_ folder: String, _ name: String) throws {
    let entry = try #require(RestorerRegistry.entry(recognising: folder))
    #expect(entry.name == name)
    let restorer = try entry.load(folder, .float32, .cpu)
    let low = try Tensor.rand([1, 3, 16, 16], generator: Generator(seed: 1))
    let picture = try restorer.restore(
      RestorationInput(
        enlarged_BCHW: low.resized(height: 64, width: 64, .bicubic).clamped(min: 0, max: 1), low_BCHW: low),
      RestorationRequest(steps: 2, seed: 3), tile: nil, monitor: .silent)
    #expect(try picture.shape == [1, 3, 64, 64] && picture.isFinite().all().item() == 1)
  }

  private let common = """
    steps: 2
    data: {drawn: 1, validation: [], crop: 64, batch: 1}
    optimiser: {accumulation: 2, recompute: true}
    """

  @Test func stableSRsStagesStandOnOneAnother() throws {
    let folder = try TinySteeredFolder(system: "seesr")
    try folder.addBase(of: "seesr")
    let first = try train(
      """
      kind: stablesr
      output: \(folder.path("one"))
      schedule: {log: 1}
      \(common)
      model:
        base: \(folder.folder.path)
        hidden: 8
        encoder: {model_channels: 8, channel_mult: [1, 2], num_res_blocks: 1, attention_resolutions: [1], num_heads: 2,
          norm_num_groups: 4, out_channels: 8}
      """)
    #expect(first.last == "stopped after step 2 of 2; the model is in \(folder.path("one"))/model")
    let feeding = try #require(first.dropLast().last)
    #expect(
      feeding.wholeMatch(of: /data: \d+ ms of a thread a batch; 1 thread could feed \d+\.\d times what the steps took/)
        != nil)
    try restores(folder.path("one/model"), "stablesr")
    _ = try train(
      """
      kind: stablesr
      output: \(folder.path("two"))
      \(common)
      model: {stage: 2, structure: \(folder.path("one/model")), groups: 1, growth: 4}
      objective: {sampling_steps: 2}
      """)
    try restores(folder.path("two/model"), "stablesr")
  }

  @Test func fluxIR() throws {
    let folder = try TinyFluxFolder()
    _ = try train(
      """
      kind: fluxir
      output: \(folder.path("run"))
      \(common)
      model: {base: \(folder.folder.path), rank: 4, text_length: \(TinyFlux.textLength)}
      objective: {pixel_crop: 4, pixel_halo: 1}
      """)
    let log = try String(contentsOfFile: folder.path("run/log.jsonl"), encoding: .utf8)
    #expect(log.isEmpty, "fewer steps than between lines")
    try restores(folder.path("run/model"), "fluxir")
  }

  /// Stage 2 without stage 1's files says which.
  @Test func aMissingFirstStageIsNamed() throws {
    let folder = try TemporaryFolder()
    #expect {
      try train(
        """
        kind: stablesr
        output: \(folder.file("two"))
        \(common)
        model: {stage: 2, structure: \(folder.path)}
        """)
    } throws: {
      "\($0)" == "Could not open '\(folder.path)' as a trained StableSR: it has no stablesr.json; training writes one."
    }
  }
}
