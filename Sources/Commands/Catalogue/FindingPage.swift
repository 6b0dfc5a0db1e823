import Diagnostics
import Policy

/// The page about one kind of finding: the text of `braidctl explain BRD0203` and of docs/findings/BRD0203.md.
struct FindingPage {
  /// What the finding means and what would happen on a node, in Markdown.
  let meaning: String
  /// A whole policy with this finding and no other. Nil if no text of a single file can show the finding.
  let example: String?
  /// The replacements that mend the example.
  let mending: [(wrong: String, right: String)]
  /// Exceptions, and hints how to mend the finding.
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
  /// The file name that is shown for the examples.
  static let path = "policy.yaml"

  /// What `braidctl validate` finds in an example.
  static func findings(in text: String) -> Findings {
    Validation.findings(in: [SourceFile(path: path, bytes: Array(text.utf8))])
  }

  /// A policy with one rule that attaches the networks named in `attach`. `networks` is the text under `networks:`.
  static func networks(_ networks: String, attach: [String] = ["pods"]) -> String {
    let list = attach.map { "{network: \($0)}" }.joined(separator: ", ")
    return policy(networks, "  - {name: everyone, attach: [\(list)]}")
  }

  /// A policy with the networks `pods` and, if `storage` is true, `storage`. `rules` is the text under `rules:`.
  static func rules(_ rules: String, storage: Bool = true) -> String {
    policy(storage ? usual + "\n" + second : usual, rules)
  }

  private static func policy(_ networks: String, _ rules: String) -> String {
    "apiVersion: braid/v1\nkind: Policy\nnetworks:\n\(networks)\nrules:\n\(rules)\n"
  }

  static let usual = "  pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}"
  private static let second = "  storage: {chain: [{type: macvlan, master: eth1, ipam: {type: host-local, subnet: 10.2.0.0/24}}]}"
}

// MARK: - As text

extension DiagnosticCode {
  /// The page as Markdown. It is readable on a terminal too.
  var pageText: String {
    let page = page
    var parts = ["# \(rawValue): \(title)", severityText, Self.paragraph(page.meaning)]
    if let example = page.example, let mended = page.mended {
      let found = Renderer(width: 100).render(FindingPage.findings(in: example).sorted)
      parts += [
        "## A policy with this finding", Self.block(example, "yaml"), "`braidctl validate` says:", Self.block(found, "text"),
      ]
      parts += ["## The mended policy", Self.block(mended, "yaml")]
    }
    if let notes = page.notes { parts += ["## Notes", Self.paragraph(notes)] }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var severityText: String {
    switch (severity, isAboutSuppression) {
    case (_, _) where self == .unknownPluginKey || self == .unknownPlugin:
      "Error if the word is close to a known one"
        + (self == .unknownPluginKey ? " and the plugin is built in" : " by a single letter")
        + ", else a warning: Braid accepts the policy, but it probably does not do what you mean. "
        + "A comment `# braidctl: allow \(rawValue): the reason` allows the warning."
    case (.error, _) where isOfReview:
      "Error: Braid accepts the policy, but the Pods that need this part of it cannot start, or the part never takes effect."
    case (.error, _): "Error: Braid refuses the whole policy until this is mended."
    case (.warning, true): "Warning: the policy works as if the comment were not there. No comment can allow this finding."
    case (.warning, false):
      "Warning: Braid accepts the policy, but it probably does not do what you mean. A comment `# braidctl: allow \(rawValue): the reason` allows it."
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

  /// The code that a text names, in upper or lower case, with or without leading zeros: `brd203`. Nil if there is no such code.
  static func named(_ text: String) -> DiagnosticCode? {
    guard FindingPage.isCode(text), let number = Int(text.dropFirst(3)), text.utf8.count <= 7 else { return nil }
    let digits = String(number)
    return DiagnosticCode(rawValue: "BRD" + String(repeating: "0", count: 4 - digits.count) + digits)
  }
}

extension FindingPage {
  /// Whether a word is meant as a code: `BRD` in any case, then a digit. A user can name a file of such a name as `./BRD1`.
  static func isCode(_ word: String) -> Bool {
    let bytes = Array(word.utf8)
    guard bytes.count > 3, word.prefix(3).lowercased() == "brd", (0x30...0x39).contains(bytes[3]) else { return false }
    return bytes.allSatisfy { $0 != 0x2f && $0 != 0x2e }
  }

  /// The message about a code that does not exist.
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

  /// All codes with severity and title, one per line, for the terminal.
  static var list: String {
    DiagnosticCode.allCases.map { "\($0.rawValue)  \($0.severity == .error ? "error  " : "warning")  \($0.title)\n" }.joined()
  }

  static var text: String {
    var lines = [
      "# Findings", "",
      """
      These are all findings of `braidctl validate`. Each has its own page. `braidctl explain BRD0203` prints a page on the terminal.

      With most errors, Braid refuses the whole policy: every ADD fails, with the place and the code of the first error. Pods that
      are up keep their networks, and DEL works as always. A few errors concern only some Pods, and Braid refuses only these: the
      page of the error says so. A warning stops nothing. Braid itself does not look for warnings; they are for people who review a
      policy. A code never changes its meaning, and a retired code is never used again.

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
