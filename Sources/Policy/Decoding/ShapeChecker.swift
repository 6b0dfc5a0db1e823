import Diagnostics
import PluginModel
import YAML

/// Compares a document with the table of keys and reports every difference.
struct ShapeChecker {
  /// How many keys of one mapping are looked up among the known ones. The limit keeps the check of a huge mapping fast.
  static let comparedKeys = 200

  let file: SourceFile
  /// The plugin whose configuration is checked. Nil for the policy's own keys.
  var plugin: PluginPlace?
  /// The key whose value is checked. Findings without a help of their own show its example.
  var key: Key?
  var findings = Findings()
  /// How many names may still be compared for "did you mean". Without a limit the cost would be the number of wrong names times
  /// that of the known ones.
  private(set) var comparisons = 100_000

  init(_ file: SourceFile, plugin: PluginPlace? = nil) { (self.file, self.plugin) = (file, plugin) }

  /// Continues with the comparisons that another checker has left.
  init(_ file: SourceFile, plugin: PluginPlace, comparisons: Int) {
    (self.file, self.plugin, self.comparisons) = (file, plugin, comparisons)
  }

  mutating func check(_ node: YAMLNode, _ type: ValueType, what: String) {
    if plugin != nil, isAmbiguous(node) { return }
    switch type {
    case .text(let format): text(node, format, what)
    case .boolean: boolean(node, what)
    case .falseOnly(let reason): falseOnly(node, reason, what)
    case .integer(let range, let orZero): integer(node, range, orZero: orZero, what)
    case .list(let element, let atLeast): list(node, element, atLeast, what)
    case .object(let shape): object(node, shape, what)
    case .map(let keys, let value): map(node, keys, value, what)
    case .anyObject: if node.mapping == nil { wrongType(node, ValueKind.object.words, what, help: "write \"name: value\" pairs") }
    case .any: break
    case .either(let types): either(node, types, what)
    }
  }

  /// Checks the value against the type that accepts this kind of value.
  private mutating func either(_ node: YAMLNode, _ types: [ValueType], _ what: String) {
    if let type = types.first(where: { $0.kinds.contains { $0.takes(node) } }) { return check(node, type, what: what) }
    let expected = types.flatMap(\.kinds).map(\.words).joined(separator: " or ")
    var help: String?
    for case .text(let format) in types { help = Self.quotingHelp(node, format) }
    wrongType(node, expected, what, help: help)
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ range: SourceRange, label: String? = nil, help: String? = nil
  ) {
    let span = Span(file, range)
    let help = help ?? key?.form.map { "write it like this: \($0)" }
    findings.append(
      plugin?.finding(code, message, at: span, help: help) ?? Diagnostic(code, message, at: span, label: label, help: help))
  }

  mutating func wrongType(_ node: YAMLNode, _ expected: String, _ what: String, help: String?) {
    report(.wrongType, "\(what) must be \(expected), not \(node.kind)", node.range, help: help)
  }

  private mutating func list(_ node: YAMLNode, _ element: ValueType, _ atLeast: Int, _ what: String) {
    guard let items = node.sequence else {
      return wrongType(node, "a list", what, help: listHelp(node, element))
    }
    if items.count < atLeast { report(.emptyList, "\(what) is empty", node.range, help: "add an entry or remove the key") }
    for item in items {
      if case .list(.object, _) = element, let pairs = item.mapping {
        notNested(item, pairs, what)
      } else {
        check(item, element, what: "an entry of \(what)")
      }
    }
  }

  /// The help for a value that should be a list. Nil lets the finding show the key's example.
  private func listHelp(_ node: YAMLNode, _ element: ValueType) -> String? {
    if node["plugins"] != nil { return PastedConfiguration.helpInChain }
    guard let scalar = node.scalar else { return "start each entry with \"- \"" }
    let isEntry = element.kinds.contains { $0.takes(node) }
    return isEntry ? "write a list: [\(scalar.text.prefix(60))]" : nil
  }

  /// Reports a mapping that stands directly in a list of lists.
  private mutating func notNested(_ node: YAMLNode, _ pairs: [YAMLPair], _ what: String) {
    let first = pairs.first.flatMap { pair in pair.value.scalar.map { "\(pair.key.prefix(60)): \($0.text.prefix(60))" } } ?? "…"
    report(
      .wrongType, "\(what) is a list of lists, but this entry is a mapping", pairs.first?.keyRange ?? node.range,
      help: "put it into a list of its own: \(what): [[{\(first)}]], or start it with \"- - \"")
  }

  private mutating func map(_ node: YAMLNode, _ keys: TextFormat, _ value: ValueType, _ what: String) {
    guard let pairs = node.mapping else {
      let name = node.sequence?.first.map { $0["name"]?.value.string.map { quoted("\($0): …") } ?? "\"name: …\"" }
      let entry = node.sequence?.first?["name"]?.value.string.map { quoted("- name: \($0)") } ?? "\"- …\""
      return wrongType(node, "a mapping of names to values", what, help: name.map { "write \($0) instead of \(entry)" })
    }
    for pair in pairs {
      if let problem = keys.problem(with: pair.key) { report(problem.code, problem.message, pair.keyRange, help: problem.help) }
      check(pair.value, value, what: "\(what).\(pair.key)")
    }
  }

  private mutating func object(_ node: YAMLNode, _ shape: Shape, _ what: String) {
    guard let pairs = node.mapping else { return wrongType(node, "a mapping", what, help: nil) }
    if shape.isPlugin { return pluginObject(node, pairs, shape) }
    if shape.id == PolicyTable.network.id, let pasted = PastedConfiguration.problem(ofNetwork: pairs.map(\.key)) {
      let sign = node["plugins"] ?? node["type"]
      return report(.missingKey, pasted.message, sign?.keyRange ?? node.range, help: pasted.help)
    }
    var free = shape.keys.map(\.name)
    for pair in pairs { free.removeAll { $0 == pair.key } }
    for pair in pairs {
      if let key = shape.key(pair.key) {
        let outer = self.key
        self.key = key
        check(pair.value, key.type, what: key.name)
        self.key = outer
      } else if !shape.isOpen {
        unknown(pair, in: shape, free: free)
      }
    }
    for key in shape.keys where key.isRequired && !pairs.contains(where: { $0.key == key.name }) {
      missing(key, in: shape, node, pairs)
    }
    if shape.isChoice, pairs.count != 1 {
      let names = shape.keys.map { "\"\($0.name)\"" }.joined(separator: " or ")
      report(.missingKey, "\(shape.name) needs exactly one of \(names)", node.range)
    }
  }

  /// Reports an unknown key. `free` are the known keys that the mapping does not have, for "did you mean".
  private mutating func unknown(_ pair: YAMLPair, in shape: Shape, free: [String]) {
    let meant =
      shape.keys.first { $0.aliases.contains(pair.key) && free.contains($0.name) }?.name ?? suggestion(for: pair.key, among: free)
    let help =
      meant.map { "did you mean \(quoted($0))?" } ?? KeyHome.help(for: pair.key, in: shape)
      ?? "known keys are \(Self.listed(shape.keys))"
    report(.unknownKey, "unknown key \(quoted(pair.key)) in \(shape.name)", pair.keyRange, help: help)
  }

  mutating func missing(_ key: Key, in shape: Shape, _ node: YAMLNode, _ pairs: [YAMLPair]) {
    // A misspelt key has been reported as unknown, unless the mapping may have any key.
    let strangers = pairs.map(\.key).filter { shape.key($0) == nil }
    let close = strangers.first { key.aliases.contains($0) } ?? suggestion(for: key.name, among: strangers)
    if close != nil, !shape.isOpen { return }
    let range = pairs.first?.keyRange ?? node.range
    let isPasted = shape.id == PolicyTable.chainEntry.id && node["plugins"] != nil
    let help =
      isPasted
      ? PastedConfiguration.helpInChain : close.map { "write \"\(key.name)\" instead of \(quoted($0))" } ?? key.requiredHelp
    report(.missingKey, "\(shape.name) needs the key \"\(key.name)\"", range, help: help)
  }

  mutating func suggestion(for word: String, among names: [String]) -> String? {
    comparisons -= names.count
    return comparisons > 0 ? Suggestion.closest(to: word, among: names) : nil
  }

  static func listed(_ keys: [Key]) -> String { keys.map(\.name).joined(separator: ", ") }
}

extension Key {
  /// The help for a missing key: what to write.
  fileprivate var requiredHelp: String? {
    if case .text(let format) = type {
      switch format.policyText {
      case .apiVersion?: return "start the file with apiVersion: braid/v1"
      case .kind?: return "add kind: Policy"
      default: break
      }
    }
    return form.map { "add it like this: \($0)" }
  }
}

extension ValueKind {
  /// Whether a node is of this kind.
  func takes(_ node: YAMLNode) -> Bool {
    switch (self, node.content) {
    case (.array, .sequence), (.object, .mapping): return true
    case (let kind, .scalar(let scalar)):
      switch scalar.value {
      case .string: return kind == .string
      case .bool: return kind == .boolean
      case .integer: return kind == .integer
      case .null, .float: return false
      }
    default: return false
    }
  }
}
