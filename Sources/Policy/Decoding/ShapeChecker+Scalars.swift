import Diagnostics
import PluginModel
import YAML

extension ShapeChecker {
  mutating func integer(_ node: YAMLNode, _ range: ClosedRange<Int>, orZero: Bool, _ what: String) {
    guard ValueKind.integer.takes(node), let text = node.scalar?.text else {
      let isQuoted = node.string.map { Int($0) != nil } ?? false
      return wrongType(node, "a whole number", what, help: isQuoted ? "remove the quotes" : nil)
    }
    var conversion = JSONConversion(file: file)
    let value = conversion.json(node)
    // For a plugin, the decoder reports them when it makes the plugin's configuration.
    if plugin == nil { findings.append(contentsOf: conversion.findings) }
    guard conversion.findings.isEmpty, !(value.int.map { range.contains($0) || orZero && $0 == 0 } ?? false) else { return }
    let limits =
      range.upperBound == .max
      ? "write \(range.lowerBound) or more" : "write a number from \(range.lowerBound) to \(range.upperBound)"
    report(.outOfRange, "\(what) cannot be \(quoted(text))", node.range, help: orZero ? "\(limits), or 0" : limits)
  }

  mutating func text(_ node: YAMLNode, _ format: TextFormat, _ what: String) {
    guard let text = node.string else { return wrongType(node, "a string", what, help: Self.quotingHelp(node, format)) }
    guard let problem = format.problem(with: text) else { return }
    let message = plugin == nil ? problem.message : "\(what): \(problem.message)"
    if problem.isOurRefusal {
      reportOurRefusal(problem.code, message, node.range, help: problem.help)
    } else {
      report(problem.code, message, node.range, help: problem.help)
    }
  }

  /// In a runtime's list the reference plugin may stand, which takes what only Braid's own plugin refuses.
  private mutating func reportOurRefusal(_ code: DiagnosticCode, _ message: String, _ range: SourceRange, help: String?) {
    let place = plugin
    let isElsewhere = place?.isForRuntime ?? false
    if isElsewhere { plugin?.isBinding = false }
    report(
      code, message, range,
      help: isElsewhere ? "the reference plugin can do it: install Braid without its own link of that name" : help)
    plugin = place
  }

  static func quotingHelp(_ node: YAMLNode, _ format: TextFormat) -> String? {
    guard let scalar = node.scalar, !node.isNull, format.problem(with: scalar.text) == nil else { return nil }
    return "quote it: \(quoted(scalar.text))"
  }

  mutating func boolean(_ node: YAMLNode, _ what: String) {
    guard node.bool == nil else { return }
    wrongType(node, "true or false", what, help: Self.booleanHelp(node))
  }

  mutating func falseOnly(_ node: YAMLNode, _ reason: String, _ what: String) {
    guard node.bool == true else { return boolean(node, what) }
    reportOurRefusal(.invalidValue, "\(what): \(reason)", node.range, help: "remove it, or write false")
  }

  private static func booleanHelp(_ node: YAMLNode) -> String? {
    guard let scalar = node.scalar, let meant = Boolean.meant(by: scalar.text) else { return nil }
    guard scalar.value == .string else { return "write \(meant)" }
    let isWord = scalar.style == .plain
    return isWord ? "write \(meant): in YAML 1.2 the word \(scalar.text) is a string" : "write \(meant), without quotes"
  }
}
