import CNI
import Diagnostics
import Policy
import YAML

/// Finds the place in the user's policy of a place in the copy that a trial gives to Braid.
struct PlaceMap {
  let policy: Policy
  /// The path of the user's policy.
  let path: String
  let selection: Selection
  /// The path of the copy.
  let derived: String

  /// The text with places of the user's policy instead of the copy's.
  func original(_ text: String) -> String {
    guard text.contains(derived) else { return text }
    var out = ""
    var rest = text[...]
    while let found = rest.firstRange(of: derived) {
      out += rest[..<found.lowerBound]
      rest = rest[found.upperBound...]
      let numbers = rest.prefix { $0 == ":" || $0.isNumber }.split(separator: ":").prefix(2).compactMap { Int($0) }
      guard numbers.count == 2 else {
        out += path
        continue
      }
      rest = rest.dropFirst(":\(numbers[0]):\(numbers[1])".count)
      out += span(line: numbers[0], column: numbers[1])?.description ?? path
    }
    return out + rest
  }

  /// Nil if the copy cannot be read, or if the place has no counterpart.
  private func span(line: Int, column: Int) -> Span? {
    var findings = Findings()
    guard let file = PolicySource.files(derived, &findings).first,
      let root = YAMLDocument.single(file, &findings)?.root
    else { return nil }
    let steps = root.path(to: file.range(ofLine: line, byte: column).lowerBound)
    switch steps.first {
    case .key("networks"): return span(inNetworks: steps.dropFirst())
    case .key("rules"): return span(inRule: steps.dropFirst(2))
    default: return nil
    }
  }

  private func span(inNetworks steps: ArraySlice<ConfigurationError.KeyPath.Step>) -> Span? {
    guard case .key(let name)? = steps.first, let network = policy.networks.first(where: { $0.name.text == name }) else {
      return nil
    }
    let inner = Array(steps.dropFirst())
    guard inner.count > 1, inner[0] == .key("chain"), case .index(let i) = inner[1], network.chain.indices.contains(i) else {
      return network.span
    }
    return network.chain[i].span(of: .init(Array(inner.dropFirst(2))))
  }

  private func span(inRule steps: ArraySlice<ConfigurationError.KeyPath.Step>) -> Span? {
    let inner = Array(steps)
    guard inner.count > 1, inner[0] == .key("attach"), case .index(let i) = inner[1],
      selection.rule.attach.indices.contains(i)
    else { return selection.rule.span }
    return selection.rule.attach[i].span
  }
}

extension YAMLNode {
  /// The keys, and positions in lists, that lead to the value or key at an offset.
  fileprivate func path(to offset: Int) -> [ConfigurationError.KeyPath.Step] {
    for (i, item) in (sequence ?? []).enumerated() where item.range.offsets.contains(offset) {
      return [.index(i)] + item.path(to: offset)
    }
    for pair in mapping ?? [] {
      if pair.keyRange.offsets.contains(offset) { return [.key(pair.key)] }
      if pair.value.range.offsets.contains(offset) { return [.key(pair.key)] + pair.value.path(to: offset) }
    }
    return []
  }
}
