import Diagnostics
import YAML

/// Holds a document against the table of keys and collects every difference.
struct ShapeChecker {
  let file: SourceFile
  var findings = Findings()
  /// How many more names may be compared for did-you-mean: it costs the product of what is wrong and what is known.
  private var comparisons = 100_000

  init(_ file: SourceFile) { self.file = file }

  mutating func check(_ node: YAMLNode, _ type: ValueType, what: String) {
    switch type {
    case .text(let format): text(node, format, what)
    case .boolean: boolean(node, what)
    case .integer(let range): integer(node, range, what)
    case .list(let element, let atLeast): list(node, element, atLeast, what)
    case .object(let shape): object(node, shape, what)
    case .map(let keys, let value): map(node, keys, value, what)
    case .anyObject: if node.mapping == nil { wrongType(node, ValueKind.object.words, what, help: nil) }
    case .either(let types): either(node, types, what)
    }
  }

  /// Goes on with the type that takes this kind of value.
  private mutating func either(_ node: YAMLNode, _ types: [ValueType], _ what: String) {
    if let type = types.first(where: { $0.kinds.contains { $0.takes(node) } }) { return check(node, type, what: what) }
    let expected = types.flatMap(\.kinds).map(\.words).joined(separator: " or ")
    var help: String?
    for case .text(let format) in types { help = Self.quotingHelp(node, format) }
    wrongType(node, expected, what, help: help)
  }

  private mutating func integer(_ node: YAMLNode, _ range: ClosedRange<Int>, _ what: String) {
    guard ValueKind.integer.takes(node), let text = node.scalar?.text else {
      let isQuoted = node.string.map { Int($0) != nil } ?? false
      return wrongType(node, "a whole number", what, help: isQuoted ? "remove the quotes" : nil)
    }
    var conversion = JSONConversion(file: file)
    let value = conversion.json(node)
    findings.append(contentsOf: conversion.findings)
    guard conversion.findings.isEmpty, !(value.int.map { range.contains($0) } ?? false) else { return }
    let limits =
      range.upperBound == .max ? "it is \(range.lowerBound) or more" : "it goes from \(range.lowerBound) to \(range.upperBound)"
    report(.outOfRange, "\(what) cannot be \(quoted(text))", node.range, help: limits)
  }

  private mutating func report(
    _ code: DiagnosticCode, _ message: String, _ range: SourceRange, label: String? = nil, help: String? = nil
  ) {
    findings.append(Diagnostic(code, message, at: Span(file, range), label: label, help: help))
  }

  private mutating func wrongType(_ node: YAMLNode, _ expected: String, _ what: String, help: String?) {
    report(.wrongType, "\(what) must be \(expected), not \(node.kind)", node.range, help: help)
  }

  private mutating func text(_ node: YAMLNode, _ format: TextFormat, _ what: String) {
    guard let text = node.string else { return wrongType(node, "a string", what, help: Self.quotingHelp(node, format)) }
    if let problem = format.problem(with: text) {
      report(problem.code, problem.message, node.range, help: problem.help)
    }
  }

  private static func quotingHelp(_ node: YAMLNode, _ format: TextFormat) -> String? {
    guard let scalar = node.scalar, !node.isNull, format.problem(with: scalar.text) == nil else { return nil }
    return "quote it: \(quoted(scalar.text))"
  }

  private mutating func boolean(_ node: YAMLNode, _ what: String) {
    guard node.bool == nil else { return }
    wrongType(node, "true or false", what, help: Self.booleanHelp(node))
  }

  private static func booleanHelp(_ node: YAMLNode) -> String? {
    guard let scalar = node.scalar, let meant = Boolean.meant(by: scalar.text) else { return nil }
    let isWord = scalar.style == .plain && scalar.value == .string
    return isWord ? "write \(meant): to YAML 1.2 the word \(scalar.text) is a string" : "write \(meant), without quotes"
  }

  private mutating func list(_ node: YAMLNode, _ element: ValueType, _ atLeast: Int, _ what: String) {
    guard let items = node.sequence else {
      let help =
        node.scalar.map { $0.value == .null ? nil : "write a list: [\($0.text.prefix(60))]" } ?? "start each entry with \"- \""
      return wrongType(node, "a list", what, help: help)
    }
    if items.count < atLeast { report(.emptyList, "\(what) is empty", node.range, help: "add an entry or remove the key") }
    for item in items { check(item, element, what: "an entry of \(what)") }
  }

  private mutating func map(_ node: YAMLNode, _ keys: TextFormat, _ value: ValueType, _ what: String) {
    guard let pairs = node.mapping else {
      return wrongType(
        node, "a mapping of names to values", what, help: node.sequence == nil ? nil : "write \"name: …\" instead of \"- …\"")
    }
    for pair in pairs {
      if let problem = keys.problem(with: pair.key) { report(problem.code, problem.message, pair.keyRange, help: problem.help) }
      check(pair.value, value, what: "\(what).\(pair.key)")
    }
  }

  private mutating func object(_ node: YAMLNode, _ shape: Shape, _ what: String) {
    guard let pairs = node.mapping else { return wrongType(node, "a mapping", what, help: nil) }
    var free = shape.keys.map(\.name)
    for pair in pairs { free.removeAll { $0 == pair.key } }
    for pair in pairs {
      if let key = shape.key(pair.key) {
        check(pair.value, key.type, what: key.name)
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

  /// `free` are the known keys that the mapping does not have.
  private mutating func unknown(_ pair: YAMLPair, in shape: Shape, free: [String]) {
    let help =
      suggestion(for: pair.key, among: free).map { "did you mean \(quoted($0))?" } ?? "known are \(Self.listed(shape.keys))"
    report(.unknownKey, "unknown key \(quoted(pair.key)) in \(shape.name)", pair.keyRange, help: help)
  }

  private mutating func missing(_ key: Key, in shape: Shape, _ node: YAMLNode, _ pairs: [YAMLPair]) {
    // What is misspelt has been reported as unknown, unless the mapping takes any key.
    let close = suggestion(for: key.name, among: pairs.map(\.key).filter { shape.key($0) == nil })
    if close != nil, !shape.isOpen { return }
    let range = pairs.first?.keyRange ?? node.range
    let help = close.map { "write \"\(key.name)\" instead of \(quoted($0))" } ?? key.requiredHelp
    report(.missingKey, "\(shape.name) needs the key \"\(key.name)\"", range, help: help)
  }

  private mutating func suggestion(for word: String, among names: [String]) -> String? {
    comparisons -= names.count
    return comparisons > 0 ? Suggestion.closest(to: word, among: names) : nil
  }

  private static func listed(_ keys: [Key]) -> String { keys.map(\.name).joined(separator: ", ") }
}

extension Key {
  /// What to write where the key is missing.
  fileprivate var requiredHelp: String? {
    switch type {
    case .text(.apiVersion): "start the file with apiVersion: braid/v1"
    case .text(.kind): "add kind: Policy"
    default: nil
    }
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
