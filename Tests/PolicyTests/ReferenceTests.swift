import Diagnostics
import Foundation
import PluginModel
import Testing
import TestSupport
import YAML

@testable import Policy

/// The reference in docs/policy.md. Everything below its marker is made from the table of keys, so no key can be missing.
@Suite struct ReferenceTests {
  static let marker =
    "<!-- From here on the table of keys: change it there (Sources/Policy/Table), then run the tests with BRAID_RECORD=1. -->\n"

  private static func check(_ path: String, _ marker: String, _ reference: String) throws {
    let file = SchemaTests.project.appending(path: path)
    let text = try String(contentsOf: file, encoding: .utf8)
    let head = try #require(text.range(of: marker), "\(path) has lost its marker").upperBound
    try Golden.expect(String(text[..<head]) + "\n" + reference, equals: file)
  }

  @Test func theReferenceIsGenerated() throws {
    try Self.check("docs/policy.md", Self.marker, Reference.policy)
  }

  /// The same for docs/plugins.md.
  @Test func theReferenceOfPluginsIsGenerated() throws {
    try Self.check("docs/plugins.md", Self.marker.replacing("Policy/Table", with: "PluginModel"), Reference.plugins)
  }

  /// Every key has a sentence that explains it, and a valid example.
  @Test(arguments: Plugin.all.map(\.type)) func keysHaveWordsAndExamples(_ type: String) throws {
    guard let shape = Plugin.named(type)?.shape else { return }
    for shape in [shape] + Reference.shapes(inside: shape) {
      #expect(Set(shape.keys.map { $0.name.lowercased() }).count == shape.keys.count && shape.doc.hasSuffix("."), "\(shape.id)")
      for key in shape.keys {
        #expect(key.doc.hasSuffix(".") && key.doc.count > 15 && !key.doc.contains("\n"), "\(shape.id).\(key.name)")
        guard let example = key.example else {
          guard case .any = key.type else {
            Issue.record("\(shape.id).\(key.name) has no example")
            continue
          }
          continue
        }
        let file = SourceFile(path: "example", text: "\(key.name): \(example)")
        var findings = Findings()
        let root = try #require(YAMLDocument.single(file, &findings)?.root)
        var checker = ShapeChecker(file)
        checker.check(try #require(root[key.name]?.value), key.type, what: key.name)
        #expect(checker.findings.isEmpty, "\(shape.id).\(key.name): \(checker.findings.items.map(\.message))")
      }
    }
  }

  /// Every policy in the documents is valid.
  @Test(arguments: ["README.md", "docs/policy.md", "docs/selection.md"]) func shownPoliciesAreGood(_ path: String) throws {
    let text = try String(contentsOf: SchemaTests.project.appending(path: path), encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    let policies = blocks.filter { $0.contains("apiVersion:") }
    #expect(!policies.isEmpty)
    for policy in policies {
      var findings = Findings()
      _ = Policy.read([SourceFile(path: path, text: policy)], &findings)
      #expect(findings.isEmpty, "\(Renderer().render(findings.sorted))")
    }
  }

  static let examples =
    (try? FileManager.default.contentsOfDirectory(atPath: SchemaTests.project.appending(path: "examples").path)) ?? []

  @Test(arguments: examples.filter { !$0.hasSuffix(".md") })
  func examplesAreGood(_ name: String) throws {
    var findings = Findings()
    let policy = Policy.load(SchemaTests.project.appending(path: "examples/\(name)").path, &findings)
    #expect(policy != nil && findings.isEmpty, "\(Renderer().render(findings.sorted))")
  }
}
