import Testing
import Torch

@Suite struct MachineTests {
  @Test func compiledAndRunningVersionAreEqual() throws {
    #expect(Machine.compiledVersion.split(separator: "+").first.map { String($0) } == Machine.runningVersion)
    #expect(Machine.runningVersion.split(separator: ".").count == 3)
    try Machine.checkVersion()
  }

  @Test func libtorchDescribesItself() {
    #expect(Machine.buildDescription.contains("PyTorch built with"))
    #expect(
      ["DEFAULT", "NO AVX", "AVX2", "AVX512", "AVX512_BF16", "NEON", "SVE256"].contains {
        Machine.cpuCapability.hasPrefix($0)
      })
  }

  @Test func threadsCanBeSet() async {
    #expect(Machine.threadCount >= 1)
    await #expect(processExitsWith: .success) {
      try Machine.setThreadCount(1)
      #expect(Machine.threadCount == 1)
      try Machine.setThreadCount(2)
      #expect(Machine.threadCount == 2)
    }
  }

  @Test func devicesAreNamedAndCounted() {
    #expect(Device("cuda") == .cuda)
    #expect(Device("mps:0") == .mps)
    #expect(Device("cuda:1").kind == "cuda")
    #expect(Device.cpu.description == "cpu")
    #expect(Device.cpu.isAvailable)
    #expect(Device.meta.isAvailable)
    #expect(!Device("nonsense").isAvailable)
    #expect(!Device("cuda:4096").isAvailable)
    #expect(Machine.deviceCount("nonsense") == 0)
    #expect(Device.cuda.isAvailable == (Machine.deviceCount("cuda") > 0))
    #expect(Device.mps.isAvailable == (Machine.deviceCount("mps") > 0))
    #expect(Device.best.isAvailable)
  }

  @Test func theProcessorNeedsNoWaitingAndCanGiveMemoryBack() throws {
    try Device.cpu.synchronize()
    try Device.cpu.emptyCache()
  }

  #if canImport(Glibc)
    @Test func largeBlocksGoBackWhenTheyAreFreed() throws {
      #expect(!Machine.separateLargeBlocks(from: 0))
      #expect(!Machine.separateLargeBlocks(from: 64 << 20))
      #expect(Machine.separateLargeBlocks())
    }
  #endif
}
