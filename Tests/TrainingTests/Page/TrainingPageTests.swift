import Foundation
import TestSupport
import Testing

@testable import Training

struct TrainingPageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func page() throws -> String {
    let page = TrainingPage(folder: folder.path, title: "a < b & \"c\"")
    try page.write()
    return try String(contentsOfFile: page.path, encoding: .utf8)
  }

  @Test func everyValueHasACurve() throws {
    try folder.write(
      "{\"loss\":2,\"step\":1}\n{\"held_out/loss\":4,\"step\":2}\n{\"loss\":1,\"step\":3}\nhalf a li".utf8,
      to: "log.jsonl")
    let text = try page()
    #expect(
      text.contains("<figcaption>loss: 1</figcaption>") && text.contains("<figcaption>held_out/loss: 4</figcaption>"))
    // Two points, from the upper left corner to the lower right one.
    #expect(text.contains("points=\"64.0,10.0 428.0,196.0\""))
    #expect(text.contains("a &lt; b &amp; &quot;c&quot;") && !text.contains("a < b"))
  }

  @Test func picturesAreInThePage() throws {
    for step in 1...5 { try folder.write([UInt8(step), 7], to: "pictures/step-0000000\(step)-0.jpg") }
    let text = try page()
    #expect(text.contains("data:image/jpeg;base64," + Data([5, 7]).base64EncodedString()))
    #expect(text.contains("<h2>Step 3:") && !text.contains("<h2>Step 2:"))
    #expect(!text.contains("http"))
  }

  @Test func aRunWithoutALogHasAPage() throws { #expect(try page().contains("</html>")) }

  @Test func aPageThatCannotBeWrittenIsNamed() {
    let page = TrainingPage(folder: "/nowhere/at/all", title: "")
    let error = #expect(throws: TrainingError.self) { try page.write() }
    #expect(error?.message.hasPrefix("writing the page '/nowhere/at/all/report.html': ") == true)
  }
}
