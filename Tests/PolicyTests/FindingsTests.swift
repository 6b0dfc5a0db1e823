import Diagnostics
import Foundation
import Testing

@testable import Policy

/// Every file of Tests/PolicyTests/Findings is a policy with mistakes; the text beside it is what a person is told.
@Suite struct FindingsTests {
  static let directory = Golden.root.appending(path: "Findings")

  static let cases: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?
    .filter { !$0.hasSuffix(".txt") }.sorted() ?? []

  @Test(arguments: cases) func findings(_ name: String) throws {
    var findings = Findings()
    // The name alone, so that the texts do not depend on where the tests are.
    let policy = Self.load(name, &findings)
    #expect((policy == nil) == findings.hasErrors)
    let text = Renderer().render(findings.sorted) + "\n" + (findings.errorText ?? "no errors") + "\n"
    let base = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    try Golden.expect(text, equals: Self.directory.appending(path: base + ".txt"))
  }

  static func load(_ name: String, _ findings: inout Findings) -> Policy? {
    let url = directory.appending(path: name)
    let paths = PolicySource.files(url.path, &findings)
    let prefix = directory.path + "/"
    let files = paths.map { SourceFile(path: $0.path.replacingOccurrences(of: prefix, with: ""), bytes: $0.bytes) }
    return findings.hasErrors ? nil : Policy.read(files, &findings)
  }

}
