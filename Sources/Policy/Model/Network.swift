import CNI
import Diagnostics
import JSON
import YAML

/// A named chain of plugins. Running it once for a Pod makes one interface.
package struct Network: Sendable {
  package let name: NetworkName
  /// The place of the name.
  package let span: Span
  /// The plugins in their order, at least one.
  package let chain: [ChainEntry]
  /// The CNI version for the delegates. Nil lets the engine choose.
  package let cniVersion: SpecVersion?
  /// Whether CHECK skips this network.
  package let disableCheck: Bool
  /// Whether GC skips this network.
  package let disableGC: Bool
  /// Whether a node that lacks the network is of no use. STATUS then fails.
  package var isRequired = false
  /// What the runtime may ask for although no plugin of the chain takes it.
  package var ignoredCapabilities: [Capability] = []
}

/// One plugin of a chain with its configuration from the policy.
package struct ChainEntry: Sendable {
  package let type: String
  /// All keys, including `type`, in the order of the text. Numbers keep their digits.
  package let configuration: JSONObject
  package let file: SourceFile
  /// The YAML node of the configuration, for the places of its keys.
  let node: YAMLNode

  /// The type of the IPAM plugin. Nil if there is none.
  package var ipamType: String? { configuration.value(named: "ipam")?.object?.value(named: "type")?.string }

  /// The place of the entry as a whole.
  package var span: Span { Span(file, node.range) }

  /// The place that a finding about a key should show: the key's value, or if the key is absent, the nearest object around it.
  ///
  /// Names match as in `ConfigurationReader`. For a mapping or list it is the place of the key, because the value may be long.
  package func span(of path: ConfigurationError.KeyPath) -> Span {
    guard let pair = locate(path.steps[...], node, nearest: nil) else { return Span(file, typeRange ?? node.range) }
    let isVisible = pair.value.scalar != nil && !pair.value.range.offsets.isEmpty
    return Span(file, isVisible ? pair.value.range : pair.keyRange)
  }

  /// The place of a key's whole value, or of the entry if the key is absent.
  package func valueSpan(of path: ConfigurationError.KeyPath) -> Span {
    Span(file, locate(path.steps[...], node, nearest: nil)?.value.range ?? node.range)
  }

  /// The place of a key itself, or of the entry if the key is absent.
  func keySpan(of path: ConfigurationError.KeyPath) -> Span {
    Span(file, locate(path.steps[...], node, nearest: nil)?.keyRange ?? typeRange ?? node.range)
  }

  /// Follows the path as far as the keys exist. An element of a list is returned as a pair without a key.
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

  /// The place of a top-level key itself, or of the entry if the key is absent.
  func keyRange(_ key: String) -> SourceRange { node[key]?.keyRange ?? node.range }

  private var typeRange: SourceRange? { node["type"].map { $0.value.range } }

  /// A delegate's error about its configuration as a finding at the wrong key.
  package func finding(_ error: ConfigurationError, network: NetworkName) -> Diagnostic {
    let path = error.path.description
    let about = path.isEmpty || error.isMissing ? "" : "\(path): "
    return finding(about + error.reason, at: error.path, network: network)
  }

  /// A delegate's own message as a finding at a key.
  package func finding(_ text: String, at path: ConfigurationError.KeyPath, network: NetworkName) -> Diagnostic {
    Diagnostic(.delegateConfiguration, "network \"\(network)\", \(type): \(text)", at: span(of: path))
  }
}

extension ConfigurationError {
  fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
}
