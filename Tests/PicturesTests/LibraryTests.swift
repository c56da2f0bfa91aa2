import Testing

@testable import Pictures

@Suite struct LibraryTests {
  @Test func tellsVersionAndKinds() throws {
    #expect(PictureLibrary.version.hasPrefix("8."))
    let support = try PictureLibrary.support()
    #expect(support.map(\.format) == PictureFormat.allCases)
    for format in [PictureFormat.jpeg, .png, .tiff] {
      #expect(support.contains { $0.format == format && $0.canRead && $0.canWrite })
    }
    #expect(support.contains { $0.format == .gif && !$0.canWrite })
  }

  @Test func threadsCanBeSet() throws {
    let before = try PictureLibrary.concurrency()
    try PictureLibrary.setConcurrency(1)
    #expect(try PictureLibrary.concurrency() == 1)
    try PictureLibrary.setConcurrency(before)
    #expect(error { try PictureLibrary.setConcurrency(0) }?.code == .invalidArgument)
  }
}
