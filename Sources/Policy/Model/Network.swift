import CNI
import Diagnostics
import JSON
import YAML

/// A named chain of plugins; run once for a Pod it gives one interface.
package struct Network: Sendable {
  package let name: NetworkName
  /// Where the name stands.
  package let span: Span
  /// At least one.
  package let chain: [ChainEntry]
  /// The version that the delegates are called with; nil for the engine's choice.
  package let cniVersion: SpecVersion?
  /// Whether CHECK passes this network over.
  package let disableCheck: Bool
  /// Whether GC passes this network over.
  package let disableGC: Bool
}

/// One plugin of a chain, with its configuration as the policy has it.
package struct ChainEntry: Sendable {
  package let type: String
  /// All keys, `type` included, in the order of the text; numbers have the digits of the text.
  package let configuration: JSONObject
  package let file: SourceFile
  /// What the configuration was made of, for the places of its keys.
  let node: YAMLNode

  /// The plugin under `ipam`; nil where there is none.
  package var ipamType: String? { configuration.value(named: "ipam")?.object?.value(named: "type")?.string }

  /// The place of the entry as a whole.
  package var span: Span { Span(file, node.range) }

  /// The place of a key: of its value where it has one, else of the nearest object around it that is there.
  ///
  /// Names match as `ConfigurationReader` matches them. A mapping or list is shown by its key.
  package func span(of path: ConfigurationError.KeyPath) -> Span {
    guard let pair = locate(path.steps[...], node, nearest: nil) else { return Span(file, typeRange ?? node.range) }
    let isVisible = pair.value.scalar != nil && !pair.value.range.offsets.isEmpty
    return Span(file, isVisible ? pair.value.range : pair.keyRange)
  }

  /// All that a key holds: the value, or the entry where the key is not there.
  package func valueSpan(of path: ConfigurationError.KeyPath) -> Span {
    Span(file, locate(path.steps[...], node, nearest: nil)?.value.range ?? node.range)
  }

  /// The place of a key itself.
  func keySpan(of path: ConfigurationError.KeyPath) -> Span {
    Span(file, locate(path.steps[...], node, nearest: nil)?.keyRange ?? typeRange ?? node.range)
  }

  /// Follows the path as far as it goes; an element of a list counts as a pair of itself.
  private func locate(_ steps: ArraySlice<ConfigurationError.KeyPath.Step>, _ node: YAMLNode, nearest: YAMLPair?) -> YAMLPair? {
    switch steps.first {
    case nil: return nearest
    case .key(let key)?:
      guard let pair = node.pair(folding: key) else { return nearest }
      return locate(steps.dropFirst(), pair.value, nearest: pair)
    case .index(let index)?:
      guard let items = node.sequence, items.indices.contains(index) else { return nearest }
      let item = YAMLPair(key: "", keyRange: items[index].range, value: items[index])
      return locate(steps.dropFirst(), items[index], nearest: item)
    }
  }

  /// The place of a key itself; of the entry where it is not there.
  func keyRange(_ key: String) -> SourceRange { node[key]?.keyRange ?? node.range }

  private var typeRange: SourceRange? { node["type"].map { $0.value.range } }

  /// What a delegate says about its configuration, as a finding at the key that it is about.
  package func finding(_ error: ConfigurationError, network: NetworkName) -> Diagnostic {
    let path = error.path.description
    let about = path.isEmpty || error.isMissing ? "" : "\(path): "
    return finding(about + error.reason, at: error.path, network: network)
  }

  /// The same for what a delegate says in words of its own.
  package func finding(_ text: String, at path: ConfigurationError.KeyPath, network: NetworkName) -> Diagnostic {
    Diagnostic(.delegateConfiguration, "network \"\(network)\", \(type): \(text)", at: span(of: path))
  }
}

extension ConfigurationError {
  fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
}
