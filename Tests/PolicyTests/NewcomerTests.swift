import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Policy

/// Policies of people who do not know the language yet. Every answer must say how to mend the mistake.
@Suite struct NewcomerTests {
  static let directory = Golden.root.appending(path: "Newcomers")

  static let cases: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []).filter { $0.hasSuffix(".yaml") }.sorted()

  private static func findings(_ name: String) throws -> Findings {
    var findings = Findings()
    let text = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    _ = Policy.read([SourceFile(path: name, text: text)], &findings)
    return findings
  }

  @Test func thereAreMany() { #expect(Self.cases.count >= 12) }

  @Test(arguments: cases) func answer(_ name: String) throws {
    let findings = try Self.findings(name)
    try Golden.expect(
      Renderer().render(findings.sorted) + "\n", equals: Self.directory.appending(path: name.dropLast(5) + ".txt"))
  }

  @Test(arguments: cases) func everyAnswerNamesTheFix(_ name: String) throws {
    let findings = try Self.findings(name)
    #expect(!findings.isEmpty)
    for finding in findings.items { #expect(finding.help != nil, "\(finding.oneLine)") }
  }
}
