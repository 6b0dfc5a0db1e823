import Foundation
import TestSupport
import Testing

/// Each row of docs/security.md names a test that exists.
@Suite struct ThreatModelTests {
  @Test func everyRowHasItsTest() throws {
    let page = try String(contentsOfFile: Products.repository + "/docs/security.md", encoding: .utf8)
    let section = try #require(page.components(separatedBy: "## What they may try\n").dropFirst().first)
    let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    #expect(rows.count > 20)
    let tests = try Self.tests()
    for row in rows {
      let named = (row.split(separator: "|").last ?? "").matches(of: /`(\w+)\.(\w+)`/)
      #expect(!named.isEmpty, "no test: \(row)")
      let missing = named.map { "\($0.1).\($0.2)" }.filter { !tests.contains($0) }
      #expect(missing == [])
    }
  }

  /// All tests as `Suite.function`.
  private static func tests() throws -> Set<String> {
    var found: Set<String> = []
    let root = Products.repository + "/Tests"
    for file in try FileManager.default.subpathsOfDirectory(atPath: root) where file.hasSuffix(".swift") {
      var suite = ""
      for line in try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8).split(separator: "\n") {
        if line.first != " ", let name = line.firstMatch(of: /struct (\w+)/) { suite = String(name.1) }
        if let name = line.firstMatch(of: /func (\w+)\(/) { found.insert("\(suite).\(name.1)") }
      }
    }
    return found
  }
}
