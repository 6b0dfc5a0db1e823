import Diagnostics
import Testing

@testable import Policy

/// Comments that allow findings. Findings/BRD04* has the wrong ones.
@Suite struct SuppressionTests {
  static let text = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods:
        chain:
          - type: bridge
            hairpin: true
    rules:
      - {name: everyone, attach: [{network: pods}]}

    """

  func examine(_ texts: String...) -> Findings {
    Policy.examine(texts.enumerated().map { SourceFile(path: "\($0).yaml", text: $1) }).findings
  }

  func text(before: String = "", after: String = "", top: String = "") -> String {
    top + Self.text.replacing("        hairpin: true", with: before + "        hairpin: true" + after)
  }

  @Test(arguments: [
    (before: "# braidctl: allow BRD0208: why\n", after: "", top: ""),
    ("  # braidctl: allow BRD0208: why\n\n\n  # another word\n\n", "", ""),
    ("", " # braidctl: allow BRD0208: why", ""),
    ("", "\t#braidctl:   allow   BRD0208 :why  \r", ""),
    ("", "", "# braidctl: allow-file BRD0208: why\r\n"),
    ("# braidctl: allow BRD0204 , BRD0208: why\n", "", ""),
  ])
  func allowed(_ place: (before: String, after: String, top: String)) {
    let findings = examine(text(before: place.before, after: place.after, top: place.top))
    #expect(findings.allowed.map(\.finding.code) == [.unknownPluginKey])
    #expect(findings.allowed.map(\.reason) == ["why"])
    #expect(findings.items.allSatisfy { $0.code == .unusedSuppression }, "\(findings.items.map(\.oneLine))")
  }

  @Test(arguments: [
    // The comment stands a line too early or too late, or inside a text.
    "        mtu: 9000 # braidctl: allow BRD0208: why\n", "        bridge: 'br0 # braidctl: allow BRD0208: why'\n",
    "        bridge: |2\n            # braidctl: allow BRD0208: why\n", "        bridge: br0#braidctl:allow\n",
    "        bridge: \"a\n          # braidctl: allow BRD0208: why\"\n",
  ])
  func elsewhere(_ line: String) {
    let findings = examine(text(before: line))
    #expect(findings.allowed.isEmpty)
    #expect(findings.items.contains { $0.code == .unknownPluginKey })
    #expect(findings.items.allSatisfy { !$0.code.isAboutSuppression || $0.code == .unusedSuppression })
  }

  /// A comment only counts for its own file.
  @Test func severalFiles() {
    let second = "# braidctl: allow-file BRD0208: why\napiVersion: braid/v1\nkind: Policy\n"
    let findings = examine(Self.text, second)
    #expect(findings.allowed.isEmpty)
    #expect(findings.sorted.map { String($0.oneLine.prefix(19)) } == ["0.yaml:7:9: BRD0208", "1.yaml:1:24: BRD040"])
  }

  /// Errors cannot be allowed. While there are errors, an unused comment is not reported.
  @Test func errors() {
    let findings = examine(
      text(top: "# braidctl: allow-file BRD0303, BRD0204: why\n").replacing("network: pods", with: "network: x"))
    #expect(findings.hasErrors && findings.items.contains { $0.code == .unknownNetwork })
    #expect(!findings.items.contains { $0.code == .unusedSuppression })
  }

  /// The plugin ignores these comments.
  @Test func plugin() {
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "p", text: "# braidctl: allow\n" + Self.text)], checks: .errors, &findings)
    #expect(policy != nil && findings.isEmpty)
  }
}
