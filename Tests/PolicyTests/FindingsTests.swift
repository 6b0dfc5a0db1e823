import CNI
import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import Policy

/// Every file or directory of Tests/PolicyTests/Findings is a policy with mistakes. The text beside it has the expected findings.
///
/// `BRD0101.yaml` has the finding of this code. `BRD0101.ok.yaml` is similar and does not have it.
@Suite struct FindingsTests {
  static let directory = Golden.root.appending(path: "Findings")

  static let cases: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?
    .filter { !$0.hasSuffix(".txt") }.sorted() ?? []

  /// Findings that cannot be shown by one file of the repository. They have separate tests, below and in ValidateTests.
  static let elsewhere: [DiagnosticCode] = [.unreadable, .fileTooLarge, .missingCapability]

  @Test(arguments: cases.filter { !$0.contains(".ok") }) func failing(_ name: String) throws {
    var findings = Findings()
    let policy = Self.load(name, &findings)
    #expect((policy == nil) == findings.hasErrors)
    #expect(!findings.isEmpty)
    let text = Renderer().render(findings.sorted) + "\n" + (findings.errorText ?? "no errors") + "\n"
    let base = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    try Golden.expect(text, equals: Self.directory.appending(path: base + ".txt"))
  }

  @Test(arguments: cases.filter { $0.contains(".ok") }) func passing(_ name: String) throws {
    var findings = Findings()
    let policy = Self.load(name, &findings)
    let code = String(name.prefix(7))
    #expect(!findings.items.contains { $0.code.rawValue == code })
    #expect(policy != nil && findings.isEmpty, "\(findings.items.map(\.oneLine))")
  }

  @Test(arguments: DiagnosticCode.allCases.filter { !elsewhere.contains($0) }) func everyCodeHasBoth(_ code: DiagnosticCode) {
    let names = Self.cases.filter { $0 == code.rawValue || $0 == code.rawValue + ".yaml" }
    #expect(names.count == 1)
    #expect(Self.cases.contains { $0.hasPrefix(code.rawValue + ".ok") })
    for name in names {
      var findings = Findings()
      _ = Self.load(name, &findings)
      #expect(findings.items.contains { $0.code == code })
    }
  }

  @Test func codesAreUniqueAndTitled() {
    #expect(Set(DiagnosticCode.allCases.map(\.rawValue)).count == DiagnosticCode.allCases.count)
    #expect(Set(DiagnosticCode.allCases.map(\.title)).count == DiagnosticCode.allCases.count)
    #expect(DiagnosticCode.allCases.allSatisfy { $0.rawValue.wholeMatch(of: /BRD\d{4}/) != nil })
  }

  /// A message or a help text is one sentence that fits into a line: no capital letter at the start except of a name, no full stop, no line
  /// break.
  @Test(arguments: cases.filter { !$0.contains(".ok") }) func wording(_ name: String) {
    var findings = Findings()
    _ = Self.load(name, &findings)
    for item in findings.items {
      for text in [item.message, item.help].compactMap({ $0 }) + item.secondary.map(\.label) {
        let isName = ["BRD", "Braid", "YAML", "IPAM"].contains { text.hasPrefix($0) }
        #expect(text.first.map { !$0.isUppercase } == true || isName, "\(text)")
        #expect(!text.hasSuffix(".") && !text.contains("\n") && text == text.trimmingCharacters(in: .whitespaces), "\(text)")
      }
    }
  }

  /// The codes are listed in the order of their numbers. So nobody gives a number twice, and the gap of a retired code is visible.
  @Test func codesAreSorted() {
    let codes = DiagnosticCode.allCases.map(\.rawValue)
    #expect(codes == codes.sorted())
    #expect(
      DiagnosticCode.allCases.allSatisfy { code in
        code.title.first?.isUppercase == false || ["YAML", "MTU", "IPAM", "Braid"].contains { code.title.hasPrefix($0) }
      })
    #expect(DiagnosticCode.allCases.allSatisfy { !$0.title.hasSuffix(".") && $0.title.count <= 60 })
  }

  /// Paths are made relative, because the texts must not depend on the repository's directory.
  static func load(_ name: String, _ findings: inout Findings) -> Policy? {
    let url = directory.appending(path: name)
    let prefix = directory.path + "/"
    var found = Findings()
    let read = PolicySource.files(url.path, &found)
    for item in found.items {
      let path = item.primary.file.path.replacingOccurrences(of: prefix, with: "")
      findings.append(
        Diagnostic(
          item.code, item.message, at: Span(SourceFile(path: path, bytes: []), nil), help: item.help, severity: item.severity))
    }
    let files = read.map { SourceFile(path: $0.path.replacingOccurrences(of: prefix, with: ""), bytes: $0.bytes) }
    return findings.hasErrors ? nil : Policy.read(files, &findings)
  }

  // MARK: - Findings that a file cannot show

  @Test func unreadable() throws {
    var findings = Findings()
    #expect(Policy.load("/proc/nowhere/policy.yaml", &findings) == nil)
    #expect(
      findings.errorText
        == "/proc/nowhere/policy.yaml: BRD0001: the policy cannot be read: open /proc/nowhere/policy.yaml: No such file or directory"
    )
    #expect(throws: PolicyError.self) { try Policy.load("/proc/self/mem") }
  }

  @Test func tooLarge() throws {
    var findings = Findings()
    #expect(Policy.load("/dev/zero", &findings) == nil)
    #expect(findings.errorText == "/dev/zero: BRD0002: the policy is larger than 16777216 bytes")
  }

  /// The plugin accepts a policy that only a delegate refuses: delegates are asked later.
  private static func usable(_ text: String) throws -> Policy {
    var findings = Findings()
    return try #require(Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings))
  }

  /// A delegate's error is shown at its key, also inside lists and for a key in another case.
  @Test func delegateConfiguration() throws {
    let policy = try Self.usable(
      """
      apiVersion: braid/v1
      kind: Policy
      networks:
        pods:
          chain:
            - type: bridge
              mtu: 12
              IPAM:
                type: host-local
                ranges:
                  - - subnet: 10.0.0.0/33
      rules: [{name: all, attach: [{network: pods}]}]
      """)
    let entry = policy.networks[0].chain[0]
    func place(_ path: ConfigurationError.KeyPath) -> String { entry.span(of: path).description }
    #expect(place(.init("mtu")) == "policy.yaml:7:14")
    #expect(place(.init("ipam")) == "policy.yaml:8:9")
    #expect(place(.init("ipam").appending("ranges").appending(0).appending(0).appending("subnet")) == "policy.yaml:11:25")
    #expect(place(.init("ipam").appending("ranges").appending(3)) == "policy.yaml:10:11")
    #expect(place(.init("ipam").appending("routes")) == "policy.yaml:8:9")
    #expect(place(.init("bridge")) == "policy.yaml:6:15")
    let finding = entry.finding(.invalid(.init("mtu"), reason: "it goes from 68 to 65535"), network: policy.networks[0].name)
    #expect(finding.oneLine == #"policy.yaml:7:14: BRD0202: network "pods", bridge: mtu: it goes from 68 to 65535"#)
    let missing = entry.finding(.missing(.init("master")), network: policy.networks[0].name)
    #expect(missing.message == #"network "pods", bridge: required key "master" is missing"#)
  }
}
