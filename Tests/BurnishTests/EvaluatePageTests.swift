import Foundation
import TestSupport
import Testing

@testable import Pictures

/// The report's page in a real browser.
///
/// `scripts/bootstrap --browser` installs one; where there is none the test is skipped, except under `CI=true`.
@Suite(
  .enabled(
    if: Browser.path != nil || Browser.isRequired, "no Chromium was found: scripts/bootstrap --browser installs it"))
struct EvaluatePageTests {
  @Test func thePageWorks() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b", "c"] {
      try folder.write(Samples.picture(name == "b" ? 200 : 160, 128).encoded(as: .png).bytes, to: "data/\(name).png")
    }
    let outcome = try Program.run(
      [
        "evaluate", "--data", "data", "--recipes", "bicubic-x4,mixture-x4", "--models", "starter,bicubic", "--steps",
        "1,2",
        "--metrics", "psnr-y,ssim-y,niqe-y,niqe-yiq", "-o", "report", "--threads", "1",
      ], in: folder.path)
    // NIQE needs two blocks of 96 pixels, which only 200×128 has: the others are named, and the page is there.
    #expect(outcome.status == 1, "\(outcome.errors)")
    let page = String(decoding: try contents(folder.file("report/index.html")), as: UTF8.self)
    let script = try String(contentsOfFile: Fixture.path("Evaluation/selftest.js"), encoding: .utf8)
    let tested = page.replacing("</body>", with: "<script>\n\(script)\n</script>\n</body>")
    try folder.write(tested.utf8, to: "report/tested.html")

    let visit = try Browser.visit(folder.file("report/tested.html"))
    #expect(visit.complaints.isEmpty)
    let start = try #require(visit.document.range(of: "<pre id=\"selftest\">"), "the page's scripts did not run")
    let results = visit.document[start.upperBound...].prefix { $0 != "<" }.split(separator: "\n").map(String.init)
    #expect(results.last == "done")
    #expect(results.filter { $0.hasPrefix("pass") }.count >= 25)
    #expect(results.filter { !$0.hasPrefix("pass") && $0 != "done" } == [])
  }

  /// The test can fail: a page whose script throws is found out.
  @Test func complaintsAreSeen() throws {
    let folder = try TemporaryFolder()
    try folder.write("<!doctype html><p>here</p><script>nothing.there()</script>".utf8, to: "page.html")
    let visit = try Browser.visit(folder.file("page.html"))
    #expect(visit.document.contains("here"))
    #expect(visit.complaints.contains { $0.contains("ReferenceError") }, "\(visit.complaints)")
  }
}
