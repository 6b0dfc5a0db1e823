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
  /// The version that the delegates are called with; nil for that of Braid's own configuration.
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

  /// The place of the entry as a whole.
  package var span: Span { Span(file, node.range) }

  /// The place of a key: of its value where it has one, else of the nearest object around it that is there.
  ///
  /// Names match as `ConfigurationReader` matches them.
  package func span(of path: ConfigurationError.KeyPath) -> Span {
    var node = node
    var range = typeRange ?? node.range
    for step in path.steps {
      switch step {
      case .key(let key):
        let exact = node[key]
        guard let pair = exact ?? node.mapping?.last(where: { equalFolded($0.key, key) }) else { return Span(file, range) }
        (node, range) = (pair.value, Self.visible(pair))
      case .index(let index):
        guard let items = node.sequence, items.indices.contains(index) else { return Span(file, range) }
        (node, range) = (items[index], items[index].range)
      }
    }
    return Span(file, range)
  }

  private var typeRange: SourceRange? { node["type"].map { $0.value.range } }

  /// A mapping or list over several lines is shown by its key.
  private static func visible(_ pair: YAMLPair) -> SourceRange {
    pair.value.scalar == nil || pair.value.range.offsets.isEmpty ? pair.keyRange : pair.value.range
  }

  /// What a delegate says about its configuration, as a finding at the key that it is about.
  package func finding(_ error: ConfigurationError, network: NetworkName) -> Diagnostic {
    let path = error.path.description
    let about = path.isEmpty || error.isMissing ? "" : "\(path): "
    return Diagnostic(
      .delegateConfiguration, "network \"\(network)\", \(type): \(about)\(error.reason)", at: span(of: error.path))
  }
}

extension ConfigurationError {
  fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
}
