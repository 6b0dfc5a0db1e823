import YAML

/// Reads the conditions of a rule or grant from a document that was checked.
package enum MatchDecoder {
  /// Without `match`, a match without conditions.
  package static func match(_ node: YAMLNode?) -> Match {
    guard let node else { return Match(conditions: []) }
    var conditions = Self.conditions(node)
    if let not = node["not"]?.value {
      conditions += (not.sequence ?? [not]).map { .not(Match(conditions: Self.conditions($0))) }
    }
    return Match(conditions: conditions)
  }

  private static func conditions(_ node: YAMLNode) -> [Condition] {
    var conditions: [Condition] = []
    if let nodes = node["namespaces"]?.value.sequence { conditions.append(.namespaces(globs(nodes))) }
    if let nodes = node["pods"]?.value.sequence { conditions.append(.pods(globs(nodes))) }
    for (key, source) in [("annotations", Condition.ValueSource.annotation), ("labels", .label), ("arguments", .argument)] {
      for pair in node[key]?.value.mapping ?? [] {
        if let test = test(pair.value) { conditions.append(.value(source, name: pair.key, test)) }
      }
    }
    return conditions
  }

  /// The patterns of a list; texts that are no pattern are left out.
  package static func globs(_ nodes: [YAMLNode]) -> [Glob] { nodes.compactMap { node in node.string.flatMap { try? Glob($0) } } }

  private static func test(_ node: YAMLNode) -> ValueTest? {
    if let text = node.string { return Glob(value: text).map { .glob($0) } }
    if let wanted = node["exists"]?.value.bool { return .exists(wanted) }
    return node["equals"]?.value.string.map { .equals($0) }
  }
}
