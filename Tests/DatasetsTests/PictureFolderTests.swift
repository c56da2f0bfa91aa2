import Datasets
import TestSupport
import Testing

@Suite struct PictureFolderTests {
  @Test func findsPicturesInOrderAndSkipsTheRest() throws {
    let files = try folder(of: [
      "b.JPG", "a.png", "deep/er/c.WebP", "notes.txt", "Thumbs.db", ".hidden.png", ".git/x.png", "__MACOSX/y.jpg",
      "@eaDir/z.jpg", "jpg",
      "B.tiff",
    ])
    let found = try PictureFolder(files.path)
    #expect(found.names == ["B.tiff", "a.png", "b.JPG", "deep/er/c.WebP"])
    #expect(found.path(of: "a.png") == files.path + "/a.png")
    #expect(try PictureFolder(files.path, extensions: ["txt"]).names == ["notes.txt"])
  }

  @Test func explainsAnEmptyOrMissingFolder() throws {
    let files = try folder(of: ["notes.txt"])
    let empty = #expect(throws: DatasetError.self) { try PictureFolder(files.path, extensions: ["png", "jpg"]) }
    #expect(empty?.message == "searching '\(files.path)' for pictures: none of 1 files ends in one of jpg, png")
    let missing = #expect(throws: DatasetError.self) { try PictureFolder("/no/such/place") }
    #expect(missing?.message == "searching '/no/such/place' for pictures: there is no such folder")
  }
}
