// swift-tools-version: 6.2
import PackageDescription

// libtorch comes from `scripts/bootstrap` (or from $BURNISH_LIBTORCH). Its place is given by flags here and not by a
// pkg-config file, so that a plain `swift build` or an editor works without any environment variable.
let libtorch = Context.environment["BURNISH_LIBTORCH"] ?? Context.packageDirectory + "/.deps/libtorch"

let torchHeaders: [CXXSetting] = [
  .unsafeFlags(["-isystem", libtorch + "/include", "-isystem", libtorch + "/include/torch/csrc/api/include"])
]

// The CUDA libraries of a CUDA libtorch are referenced by nothing: only `--no-as-needed` keeps them.
let linuxTorch: [String] = [
  "-L" + libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib",
  "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.deps/libtorch/lib",
  "-Xlinker", "--push-state", "-Xlinker", "--no-as-needed", "-ltorch", "-ltorch_cpu", "-lc10",
  "-Xlinker", "--pop-state",
]
let darwinTorch: [String] = [
  "-L" + libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib", "-ltorch", "-ltorch_cpu", "-lc10",
]
let torchLibraries: [LinkerSetting] = [
  .unsafeFlags(linuxTorch, .when(platforms: [.linux])),
  .unsafeFlags(darwinTorch, .when(platforms: [.macOS])),
]

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A Swift module under `Sources/` and the modules that its arrow points down to.
func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
  name: "Burnish",
  platforms: [.macOS(.v15)],
  products: [
    .library(
      name: "Burnish",
      targets: ["Training", "Restorers", "Priors", "Layers", "Degradation", "Quality", "Checkpoints", "Torch"]),
    .library(name: "Pictures", targets: ["Pictures"]),
    .executable(name: "burnish", targets: ["burnish"]),
    .executable(name: "parity", targets: ["parity"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CTorch", cxxSettings: torchHeaders + [.headerSearchPath("opaque")], linkerSettings: torchLibraries),
    .systemLibrary(name: "CLibVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .target(name: "CVips", dependencies: ["CLibVips"]),

    module("Torch", ["CTorch"]),
    module("Checkpoints", ["Torch"]),
    module("Layers", ["Checkpoints", "Torch"]),
    module("Priors", ["Layers", "Checkpoints", "Torch"]),
    .target(name: "CFilters"),
    module("Degradation", ["CFilters", "Torch", yams]),
    module("Quality", ["Layers", "Checkpoints", "CFilters", "Torch"]),
    module("Restorers", ["Priors", "Layers", "Checkpoints", "Degradation", "Quality", "Torch"]),
    module("Datasets", ["Degradation", "Quality", "Checkpoints", "Torch"]),
    module(
      "Training", ["Datasets", "Restorers", "Priors", "Layers", "Quality", "Degradation", "Checkpoints", "Torch", yams]),
    module(
      "Evaluation", ["Restorers", "Datasets", "Degradation", "Quality", "Torch"],
      resources: [.embedInCode("Page/Resources")]),
    module("Pictures", ["CVips"]),
    .executableTarget(
      name: "burnish",
      dependencies: [
        "Evaluation", "Training", "Restorers", "Priors", "Datasets", "Degradation", "Quality", "Checkpoints",
        "Pictures", "Torch",
        argumentParser,
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "parity",
      dependencies: [
        "Restorers", "Priors", "Quality", "Layers", "Degradation", "Checkpoints", "Torch", argumentParser,
      ],
      swiftSettings: settings),

    .target(name: "TestSupport", dependencies: ["Torch"], path: "Tests/TestSupport", swiftSettings: settings),
    .target(
      name: "TestModels", dependencies: ["Restorers", "Priors", "Checkpoints", "Torch", "TestSupport"],
      path: "Tests/TestModels",
      swiftSettings: settings),
    tests("Torch", ["Checkpoints", "Torch"]),
    tests("Checkpoints", ["Checkpoints", "Torch"]),
    tests("Layers", ["Layers", "Checkpoints", "Torch"]),
    tests("Priors", ["Priors", "Layers", "Checkpoints", "Torch"]),
    tests("Degradation", ["Degradation", "Checkpoints", "Torch"]),
    tests("Quality", ["Quality", "Checkpoints", "Torch"]),
    tests("Datasets", ["Datasets", "Degradation", "Quality", "Checkpoints", "Torch"]),
    tests("Restorers", ["Restorers", "Priors", "Layers", "Checkpoints", "Torch", "TestModels"]),
    tests(
      "Training", ["Training", "Datasets", "Restorers", "Priors", "Degradation", "Checkpoints", "Torch", "TestModels"]),
    tests("Evaluation", ["Evaluation", "Restorers", "Datasets", "Degradation", "Quality", "Torch", "TestModels"]),
    tests("Pictures", ["Pictures"]),
    tests("Burnish", ["burnish", "TestModels", "Quality", "Pictures", "Checkpoints", "Torch"]),
    tests("Parity", ["parity", "Priors", "Checkpoints", "Torch"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
