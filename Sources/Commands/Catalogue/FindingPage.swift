import Diagnostics
import Policy

/// What is to be known about one kind of finding: the text of `braidctl explain BRD0203` and of docs/findings/BRD0203.md.
struct FindingPage {
  /// What it means, and what would happen on a node; paragraphs of Markdown.
  let meaning: String
  /// A whole policy with this finding and no other; nil where no text can show it.
  let example: String?
  /// What in the example is replaced by what, so that nothing is found in it any more.
  let mending: [(wrong: String, right: String)]
  /// What else helps: exceptions, and how to go about it.
  let notes: String?

  init(_ meaning: String, example: String? = nil, mending: [(wrong: String, right: String)] = [], notes: String? = nil) {
    (self.meaning, self.example, self.mending, self.notes) = (meaning, example, mending, notes)
  }

  /// The example without the finding.
  var mended: String? {
    example.map { mending.reduce($0) { text, change in text.replacing(change.wrong, with: change.right) } }
  }
}

extension FindingPage {
  /// The file that the examples are said to be in.
  static let path = "policy.yaml"

  /// What `braidctl validate` finds in an example.
  static func findings(in text: String) -> Findings {
    Validation.findings(in: [SourceFile(path: path, bytes: Array(text.utf8))])
  }

  /// A policy with these networks, all attached by one rule; the text is what stands under `networks:`.
  static func networks(_ networks: String, attach: [String] = ["pods"]) -> String {
    let list = attach.map { "{network: \($0)}" }.joined(separator: ", ")
    return policy(networks, "  - {name: everyone, attach: [\(list)]}")
  }

  /// A policy with these rules and the networks `pods` and `storage`; the text is what stands under `rules:`.
  static func rules(_ rules: String, storage: Bool = true) -> String {
    policy(storage ? usual + "\n" + second : usual, rules)
  }

  private static func policy(_ networks: String, _ rules: String) -> String {
    "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(networks)\nrules:\n\(rules)\n"
  }

  static let usual = "  pods: {chain: [{type: bridge, isGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}"
  private static let second = "  storage: {chain: [{type: macvlan, master: eth1, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}"
}

// MARK: - As text

extension DiagnosticCode {
  /// The page as Markdown, which is fit for a terminal too.
  var pageText: String {
    let page = page
    var parts = ["# \(rawValue): \(title)", severityText, Self.paragraph(page.meaning)]
    if let example = page.example, let mended = page.mended {
      let found = Renderer(width: 100).render(FindingPage.findings(in: example).sorted)
      parts += ["## A policy that has it", Self.block(example, "yaml"), "`braidctl validate` says:", Self.block(found, "text")]
      parts += ["## Mended", Self.block(mended, "yaml")]
    }
    if let notes = page.notes { parts += ["## Notes", Self.paragraph(notes)] }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var severityText: String {
    switch (severity, isAboutSuppression) {
    case (.error, _): "Error: Braid refuses the whole policy until it is mended."
    case (.warning, true): "Warning: the policy works as if the comment were not there. No comment can allow this finding."
    case (.warning, false):
      "Warning: Braid takes the policy, which probably does not do what is meant. A comment `# braidctl: allow \(rawValue): the reason` allows it."
    }
  }

  /// The words in lines of at most 100 columns.
  private static func paragraph(_ text: String) -> String {
    var lines = [""]
    for word in text.split(whereSeparator: \.isWhitespace) {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= 100 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func block(_ text: String, _ language: String) -> String {
    "```\(language)\n\(text.hasSuffix("\n") ? text : text + "\n")```"
  }

  /// The code in any case, with or without leading zeros: `brd203`.
  static func named(_ text: String) -> DiagnosticCode? {
    guard FindingPage.isCode(text), let number = Int(text.dropFirst(3)), text.utf8.count <= 7 else { return nil }
    let digits = String(number)
    return DiagnosticCode(rawValue: "BRD" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}

extension FindingPage {
  /// Whether the word is meant as a code: `BRD` and a digit, in any case. A file of such a name can be given as `./BRD1`.
  static func isCode(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    guard bytes.count > 3, word.prefix(3).lowercased() == "brd", (0x30...0x39).contains(bytes[3]) else { return false }
    return bytes.allSatisfy { $0 != 0x2f && $0 != 0x2e }
  }

  /// What is said of a code that does not exist.
  static func unknown(_ code: String) -> String {
    let close = Suggestion.closest(to: code, among: DiagnosticCode.allCases.map(\.rawValue))
    let help = close.map { "did you mean \($0)?" } ?? "braidctl explain --findings lists all of them"
    return "there is no finding \(quoted(code)); \(help)"
  }
}

/// The list of all findings: docs/findings/README.md.
enum FindingIndex {
  private static let groups: [(prefix: String, title: String)] = [
    ("BRD00", "Reading files and YAML"), ("BRD01", "The shape of a policy"), ("BRD02", "Networks and chains"),
    ("BRD03", "Rules and attachments"), ("BRD04", "Comments that allow findings"),
  ]

  /// The codes with their titles, a line each, for the terminal.
  static var list: String {
    DiagnosticCode.allCases.map { "\($0.rawValue)  \($0.severity == .error ? "error  " : "warning")  \($0.title)\n" }.joined()
  }

  static var text: String {
    var lines = [
      "# Findings", "",
      """
      What `braidctl validate` can find, each with a page of its own; `braidctl explain BRD0203` prints one without a network.

      An error refuses the whole policy: Braid sets up no Pod by it, and every ADD fails with the place and the code of the first
      one. Pods that run already keep what they have, and are deleted as ever. A warning stops nothing, and Braid itself does not
      look for it: it is for review. A code never changes its meaning, and one that is retired is never used again.

      <!-- Made from Sources/Commands/Catalogue: change it there, then run the tests with BRAID_RECORD=1. -->
      """,
    ]
    for group in groups {
      lines += ["", "## \(group.title)", "", "| Code | Finding | Severity |", "| --- | --- | --- |"]
      for code in DiagnosticCode.allCases where code.rawValue.hasPrefix(group.prefix) {
        lines.append("| [\(code.rawValue)](\(code.rawValue).md) | \(code.title) | \(code.severity.rawValue) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
