import Testing
import Torch

struct WorkerPlaceTests {
  private static let usual = [
    "RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "MASTER_ADDR": "node0", "MASTER_PORT": "29500",
  ]

  private func words(_ changes: [String: String?]) -> String {
    var environment = Self.usual
    for (key, value) in changes { environment[key] = value }
    do {
      _ = try WorkerPlace(environment: environment)
      return "nothing"
    } catch {
      return error.message
    }
  }

  @Test func launchersAreUnderstood() throws {
    let place = try #require(try WorkerPlace(environment: Self.usual))
    #expect(place == WorkerPlace(rank: 3, size: 8, localRank: 1, host: "node0", port: 29500))
    #expect(!place.isStoreServed && place.prefix == "burnish/0")
    let agent = Self.usual.merging(["TORCHELASTIC_USE_AGENT_STORE": "True", "TORCHELASTIC_RESTART_COUNT": "2"]) { $1 }
    let served = try #require(try WorkerPlace(environment: agent))
    #expect(served.isStoreServed && served.prefix == "burnish/2")
    var slurm = Self.usual
    slurm["LOCAL_RANK"] = nil
    #expect(try WorkerPlace(environment: slurm)?.localRank == 3)
  }

  @Test func oneProcessIsAlone() throws {
    #expect(try WorkerPlace(environment: [:]) == nil)
    #expect(try WorkerPlace(environment: ["WORLD_SIZE": "1", "RANK": "0"]) == nil)
  }

  @Test func whatIsAbsentOrWrongIsNamed() {
    #expect(
      words(["RANK": nil])
        == "finding the other processes: WORLD_SIZE is 8, and RANK is not set; start them with torchrun, or set it")
    #expect(
      words(["MASTER_ADDR": ""])
        == "finding the other processes: WORLD_SIZE is 8, and MASTER_ADDR is not set; start them with torchrun, or set it"
    )
    #expect(words(["RANK": "8"]) == "finding the other processes: RANK is '8'; it must be within 0…7")
    #expect(
      words(["WORLD_SIZE": "many"]) == "finding the other processes: WORLD_SIZE is 'many'; it must be within 1…65536")
    #expect(words(["MASTER_PORT": "0"]) == "finding the other processes: MASTER_PORT is '0'; it must be within 1…65535")
    #expect(words(["LOCAL_RANK": "-1"]) == "finding the other processes: LOCAL_RANK is '-1'; it must be within 0…7")
  }
}
