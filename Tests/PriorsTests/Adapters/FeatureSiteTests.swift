import Foundation
import Priors
import Testing

struct FeatureSiteTests {
  @Test(arguments: [
    ("d0", FeatureSite.down(0)), ("mid", .middle), ("u12", .up(12)), ("b20", .block(20)),
  ])
  func spellings(_ text: String, _ site: FeatureSite) throws {
    #expect(FeatureSite(text) == site && site.description == text)
    let json = try JSONEncoder().encode([site])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(text)\"]")
    #expect(try JSONDecoder().decode([FeatureSite].self, from: json) == [site])
  }

  @Test(arguments: ["", "d", "x1", "d-1", "d01", "middle", "1", "d 1", "D1"])
  func otherTextsAreNoSites(_ text: String) {
    #expect(FeatureSite(text) == nil)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([FeatureSite].self, from: Data("[\"\(text)\"]".utf8))
    }
    #expect("\(String(describing: error))".contains("'\(text)' is no site; sites are d0, d1, …, mid"))
  }
}
