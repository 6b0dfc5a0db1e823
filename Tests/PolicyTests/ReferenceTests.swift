import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Policy

/// The reference in docs/policy.md: what is below its marker comes from the table of keys, so that no key is without words.
@Suite struct ReferenceTests {
  static let marker =
    "<!-- From here on the table of keys: change it there (Sources/Policy/Table), then run the tests with BRAID_RECORD=1. -->\n"

  @Test func theReferenceIsGenerated() throws {
    let file = SchemaTests.project.appending(path: "docs/policy.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let head = try #require(text.range(of: Self.marker), "docs/policy.md has lost its marker").upperBound
    try Golden.expect(String(text[..<head]) + "\n" + Reference().text, equals: file)
  }

  /// Every policy that the documents show is a policy.
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

/// Writes the table of keys down in Markdown, one section for each mapping.
private struct Reference {
  private(set) var text = ""
  private var done: Set<String> = []

  init() { write(PolicyTable.policy, place: "The file") }

  private mutating func write(_ shape: Shape, place: String) {
    guard done.insert(shape.id).inserted else { return }
    text += "\(text.isEmpty ? "" : "\n")### \(place)\n\n\(shape.doc)\n\n| key | value | meaning |\n| --- | --- | --- |\n"
    for key in shape.keys {
      text += "| `\(key.name)`\(key.isRequired ? " (required)" : "") | \(Self.words(key.type)) | \(key.doc) |\n"
    }
    if shape.isOpen { text += "| any other | any | passed on to the plugin as it is |\n" }
    for key in shape.keys { for shape in Self.shapes(key.type) { write(shape, place: Self.title(shape)) } }
  }

  private static func title(_ shape: Shape) -> String {
    let name = shape.name.drop { $0 != " " }.dropFirst()
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private static func shapes(_ type: ValueType) -> [Shape] {
    switch type {
    case .object(let shape): [shape]
    case .list(let element, _): shapes(element)
    case .map(_, let value): shapes(value)
    case .either(let types): types.flatMap(shapes)
    case .text, .boolean, .integer, .anyObject: []
    }
  }

  private static func words(_ type: ValueType) -> String {
    switch type {
    case .text(let format): format.words
    case .boolean: "`true` or `false`"
    case .integer(let range):
      range.upperBound == .max ? "whole number from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    case .list(let element, let atLeast): "list of \(words(element))\(atLeast > 0 ? ", not empty" : "")"
    case .object(let shape): link(shape)
    case .map(let keys, let value): "mapping of \(keys.words) to \(words(value))"
    case .anyObject: "mapping"
    case .either(let types): types.map { words($0) }.joined(separator: ", or ")
    }
  }

  private static func link(_ shape: Shape) -> String {
    let title = title(shape)
    return "[\(title.lowercased())](#\(title.lowercased().replacing(" ", with: "-")))"
  }
}

extension TextFormat {
  /// In a few words, for the reference.
  fileprivate var words: String {
    switch self {
    case .apiVersion: "`braid/v1`"
    case .kind: "`Policy`"
    case .networkName: "network name"
    case .interfaceName: "interface name"
    case .pluginType: "plugin name"
    case .specVersion: "CNI version"
    case .ruleName: "text on one line"
    case .nameGlob, .valueGlob: "pattern"
    case .value: "text"
    case .valueKey: "name"
    case .addressOrPrefix: "IP address, `10.1.2.3` or `10.1.2.3/24`"
    case .address: "IP address"
    case .mac: "MAC address"
    case .transport: "`tcp`, `udp` or `sctp`"
    case .family: "`ipv4` or `ipv6`"
    }
  }
}
