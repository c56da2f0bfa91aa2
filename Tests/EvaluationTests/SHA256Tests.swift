import Testing

@testable import Evaluation

/// SHA-256 against the examples of FIPS 180-4 and NIST's test vectors.
struct SHA256Tests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func examples(text: String, digest: String) { #expect(SHA256.of(text.utf8) == digest) }

  /// Ten thousand letters, in parts of every length around a block's.
  @Test func partsAreOneMessage() {
    let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
    var hash = SHA256()
    var taken = 0
    var part = 1
    while taken < bytes.count {
      let count = min(part, bytes.count - taken)
      hash.update(bytes[taken..<taken + count])
      taken += count
      part = part % 131 + 1
    }
    #expect(hash.finish() == SHA256.of(bytes))
    #expect(SHA256.of(bytes) == "27dd1f61b867b6a0f6e9d8a41c43231de52107e53ae424de8f847b821db4b711")
  }
}
