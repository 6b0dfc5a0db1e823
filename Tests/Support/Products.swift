import Foundation

/// The built programs, for tests that call them from outside.
package enum Products {
  /// The `braid` under test: `BRAID_BIN`, else the one beside the test runner.
  package static let braid = program("braid", variable: "BRAID_BIN")

  /// The `braidctl` under test: `BRAIDCTL_BIN`, else the one beside the test runner.
  package static let braidctl = program("braidctl", variable: "BRAIDCTL_BIN")

  private static func program(_ name: String, variable: String) -> String {
    if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty { return given }
    let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return (runner as NSString).deletingLastPathComponent + "/\(name)"
  }

  /// The repository, for the files that it ships (examples, schemas).
  package static let repository: String = {
    let here = #filePath as NSString  // Tests/Support/Products.swift
    return ((here.deletingLastPathComponent as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
  }()
}
