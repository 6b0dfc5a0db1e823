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
    if let problem = format.problem(with: text) {
      report(problem.code, plugin == nil ? problem.message : "\(what): \(problem.message)", node.range, help: problem.help)
    }
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
    let place = plugin
    let isElsewhere = place?.isForRuntime ?? false
    if isElsewhere { plugin?.isBinding = false }
    report(
      .invalidValue, "\(what): \(reason)", node.range,
      help: isElsewhere
        ? "the reference plugin can do it: install Braid without its own link of that name" : "remove it, or write false")
    plugin = place
  }

  private static func booleanHelp(_ node: YAMLNode) -> String? {
    guard let scalar = node.scalar, let meant = Boolean.meant(by: scalar.text) else { return nil }
    guard scalar.value == .string else { return "write \(meant)" }
    let isWord = scalar.style == .plain
    return isWord ? "write \(meant): in YAML 1.2 the word \(scalar.text) is a string" : "write \(meant), without quotes"
  }
}
