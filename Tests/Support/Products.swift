import Foundation

/// What was built, to be called from outside.
package enum Products {
  /// The `braid` under test: `BRAID_BIN`, else the one beside the test runner.
  package static let braid: String = {
    if let given = ProcessInfo.processInfo.environment["BRAID_BIN"], !given.isEmpty { return given }
    let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return (runner as NSString).deletingLastPathComponent + "/braid"
  }()

  /// The repository, for the files that it ships (examples, schemas).
  package static let repository: String = {
    let here = #filePath as NSString  // Tests/Support/Products.swift
    return ((here.deletingLastPathComponent as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
  }()
}
