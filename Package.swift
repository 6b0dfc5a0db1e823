// swift-tools-version: 6.2
import PackageDescription

/// Every target uses the Swift 6 language mode, and warnings are errors.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// A module of the product. It only imports modules below it in the table of docs/architecture.md.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A test target.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

/// The target of Tests/Fuzz. With BRAID_FUZZ in the environment it is libFuzzer's driver (`make fuzz`). Otherwise it is a test target that
/// replays the kept inputs.
func fuzzing() -> Target {
  let dependencies: [Target.Dependency] = [
    "CNI", "Commands", "Diagnostics", "Engine", "IPAM", "JSON", "Netlink", "NetworkTypes", "PluginModel", "Plugins", "Policy",
    "PolicyCache", "System", "YAML",
  ]
  let isDriver = Context.environment["BRAID_FUZZ"] != nil
  let sources = ["Targets", isDriver ? "Driver" : "Replay"]
  let exclude = ["Inputs", "Regressions", "Dictionaries", "run.sh", isDriver ? "Replay" : "Driver"]
  return isDriver
    ? .executableTarget(
      name: "fuzz", dependencies: dependencies, path: "Tests/Fuzz", exclude: exclude, sources: sources, swiftSettings: settings)
    : .testTarget(
      name: "FuzzTests", dependencies: dependencies, path: "Tests/Fuzz", exclude: exclude, sources: sources,
      swiftSettings: settings)
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "braid",
  products: [.executable(name: "braid", targets: ["braid"]), .executable(name: "braidctl", targets: ["braidctl"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
    module("NetworkTypes", []),
    module("JSON", []),
    module("System", ["CLinux", systemPackage]),
    module("CNI", ["JSON", "NetworkTypes", "System"]),
    module("Diagnostics", []),
    module("YAML", ["CYaml", "Diagnostics"]),
    module("PluginModel", ["CNI", "Diagnostics", "JSON", "NetworkTypes"]),
    module("Policy", ["CNI", "Diagnostics", "JSON", "NetworkTypes", "PluginModel", "System", "YAML"]),
    module("PolicyCache", ["Diagnostics", "NetworkTypes", "Policy", "System", "YAML"]),
    module("Netlink", ["CLinux", "CMnl", "NetworkTypes", "System"]),
    module("IPAM", ["CNI", "NetworkTypes", "PluginModel", "System"]),
    module("Plugins", ["CLinux", "CNI", "IPAM", "JSON", "Netlink", "NetworkTypes", "PluginModel", "System"]),
    module("Engine", ["CNI", "JSON", "Netlink", "NetworkTypes", "PluginModel", "Plugins", "Policy", "PolicyCache", "System"]),
    .executableTarget(name: "braid", dependencies: ["Engine"], swiftSettings: settings),
    module(
      "Commands",
      [
        argumentParser, "CLinux", "CNI", "Diagnostics", "Engine", "JSON", "Netlink", "NetworkTypes", "PluginModel", "Policy",
        "System", "YAML",
      ]),
    .executableTarget(name: "braidctl", dependencies: ["Commands"], swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["CLinux", "JSON", "NetworkTypes", "System"], path: "Tests/Support",
      swiftSettings: settings),
    tests("SupportTests", ["JSON", "System", "TestSupport"]),
    tests("NetworkTypesTests", ["NetworkTypes"]),
    tests("JSONTests", ["JSON"]),
    tests("SystemTests", ["System", "TestSupport"]),
    tests("CNITests", ["CNI", "TestSupport"]),
    tests("YAMLTests", ["YAML", "TestSupport"]),
    tests("PluginModelTests", ["CNI", "JSON", "NetworkTypes", "PluginModel", "TestSupport"]),
    tests("PolicyTests", ["PluginModel", "Policy", "TestSupport"], exclude: ["Findings", "Newcomers", "requirements.txt"]),
    tests("PolicyCacheTests", ["Diagnostics", "NetworkTypes", "Policy", "PolicyCache", "TestSupport"]),
    tests("NetlinkTests", ["CLinux", "JSON", "Netlink", "NetworkTypes", "System", "TestSupport"]),
    tests("PluginsTests", ["CNI", "JSON", "Netlink", "NetworkTypes", "Plugins", "System", "TestSupport"]),
    tests("IPAMTests", ["IPAM", "PluginModel", "TestSupport"]),
    tests(
      "EngineTests",
      [
        "CNI", "Diagnostics", "Engine", "IPAM", "JSON", "Netlink", "NetworkTypes", "PluginModel", "Plugins", "Policy", "System",
        "TestSupport",
      ]),
    tests(
      "CommandsTests", ["Commands", "Diagnostics", "JSON", "PluginModel", "Policy", "TestSupport"],
      exclude: ["Explain", "Imports", "Pictures", "Reports", "Trials", "check-reports.py"]),
    tests("ConformanceTests", ["JSON", "TestSupport"]),
    tests("EndToEndTests", ["JSON", "NetworkTypes", "System", "TestSupport"]),
    fuzzing(),
  ]
)
