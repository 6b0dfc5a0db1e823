import CNI
import Diagnostics
import JSON
import PluginModel
import YAML

/// Whose configuration is looked at.
struct PluginPlace {
  let network: NetworkName
  let type: String
  /// Whether what is wrong would stop an ADD: not with keys that another program reads.
  var isBinding: Bool
  /// Whether it stands in a runtime's list, where the reference plugin may be what is called.
  let isForRuntime: Bool

  init(_ network: NetworkName, _ plugin: Plugin, isForRuntime: Bool) {
    (self.network, type, isBinding, self.isForRuntime) = (network, plugin.type, plugin.isBuiltIn, isForRuntime)
  }

  func finding(_ code: DiagnosticCode, _ message: String, at span: Span, help: String?) -> Diagnostic {
    if code == .unknownPluginKey { return Diagnostic(code, message, at: span, help: help) }
    return Diagnostic(
      isBinding ? .delegateConfiguration : .externalConfiguration, "network \"\(network)\", \(type): \(message)", at: span,
      help: help)
  }
}

extension ShapeChecker {
  /// A mapping as a CNI plugin reads it.
  mutating func pluginObject(_ node: YAMLNode, _ pairs: [YAMLPair], _ shape: Shape) {
    let type = shape.plugins.isEmpty ? nil : node.pair(folding: "type")?.value.string
    let variant = type.flatMap { type in shape.plugins.first { $0.type == type } }
    // The variant's keys are known as well, and the other way round.
    let known = shape.keys + (variant?.shape?.keys ?? [])
    for key in shape.keys { check(key, of: shape, node, pairs) }
    guard let variant, let inner = variant.shape, let place = plugin else {
      return unknownKeys(pairs, shape, known, isSure: shape.plugins.isEmpty)
    }
    plugin = PluginPlace(place.network, variant, isForRuntime: place.isForRuntime)
    for key in inner.keys where shape.key(key.name) == nil { check(key, of: inner, node, pairs) }
    unknownKeys(pairs, inner, known, isSure: true)
    plugin = place
  }

  /// Keys of an IPAM plugin beside `ipam` are probably not indented enough.
  private static func ipamHelp(_ key: String, _ shape: Shape) -> String? {
    guard shape.key("ipam") != nil else { return nil }
    let owner = Plugin.ipams.first { $0.shape?.keys.contains { equalFolded($0.name, key) } ?? false }
    return owner.map { "it is a key of \($0.type): indent it further than ipam, if it belongs there" }
  }

  /// Whether a number has no form in JSON, which is found where the plugin's configuration is made.
  func isAmbiguous(_ node: YAMLNode) -> Bool {
    guard node.scalar != nil else { return false }
    var conversion = JSONConversion(file: file)
    _ = conversion.json(node)
    return !conversion.findings.isEmpty
  }

  private mutating func check(_ key: Key, of shape: Shape, _ node: YAMLNode, _ pairs: [YAMLPair]) {
    let (place, outer) = (plugin, self.key)
    if key.isPassedOver { plugin?.isBinding = false }
    self.key = key
    if let pair = node.pair(folding: key.name), !pair.value.isNull {
      check(pair.value, key.type, what: key.name)
    } else if key.isRequired {
      missing(key, in: shape, node, pairs)
    }
    (plugin, self.key) = (place, outer)
  }

  /// Not where the plugin is not known, which may have any.
  private mutating func unknownKeys(_ pairs: [YAMLPair], _ shape: Shape, _ known: [Key], isSure: Bool) {
    guard isSure, !shape.isShared, let plugin else { return }
    let strangers = pairs.prefix(Self.comparedKeys).filter { pair in !known.contains { equalFolded($0.name, pair.key) } }
    let free = known.map(\.name).filter { name in !pairs.contains { equalFolded($0.key, name) } }
    for pair in strangers {
      let help = suggestion(for: pair.key, among: free).map { "did you mean \(quoted($0))?" } ?? Self.ipamHelp(pair.key, shape)
      let place = shape.id.hasPrefix("plugin-") ? "" : " in \(shape.name)"
      report(
        .unknownPluginKey, "\(plugin.type) does not know the key \(quoted(pair.key))\(place)", pair.keyRange,
        help: help ?? "it is passed on, and the plugin passes it over")
    }
  }
}

extension Key {
  /// How it is written; nil without an example.
  var form: String? { example.map { "\(name): \($0)" } }
}

extension YAMLNode {
  /// The pair that a CNI plugin reads for this name: exactly so written, else in another case of ASCII letters.
  func pair(folding name: String) -> YAMLPair? { self[name] ?? mapping?.last { equalFolded($0.key, name) } }
}
