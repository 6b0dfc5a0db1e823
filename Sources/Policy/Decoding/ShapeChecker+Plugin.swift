import CNI
import Diagnostics
import JSON
import PluginModel
import YAML

/// The plugin whose configuration is checked.
struct PluginPlace {
  let network: NetworkName
  let type: String
  /// Whether a wrong value would make an ADD fail. False for keys that an external plugin reads: Braid cannot know.
  var isBinding: Bool
  let isBuiltIn: Bool
  /// Whether the configuration is in a runtime's list, where the runtime may call the reference plugin.
  let isForRuntime: Bool

  init(_ network: NetworkName, _ plugin: Plugin, isForRuntime: Bool) {
    (self.network, type, self.isForRuntime) = (network, plugin.type, isForRuntime)
    (isBinding, isBuiltIn) = (plugin.isBuiltIn, plugin.isBuiltIn)
  }

  func finding(_ code: DiagnosticCode, _ message: String, at span: Span, help: String?) -> Diagnostic {
    if code == .ipamWithoutType {
      // A plugin of one's own may need no type there.
      let isSure = Plugin.named(type) != nil && !isForRuntime
      return Diagnostic(
        code, "network \"\(network)\", \(type): \(message)", at: span, help: help, severity: isSure ? .error : .warning)
    }
    return Diagnostic(
      isBinding ? .delegateConfiguration : .externalConfiguration, "network \"\(network)\", \(type): \(message)", at: span,
      help: help)
  }
}

extension ShapeChecker {
  /// Checks a mapping that a CNI plugin reads.
  mutating func pluginObject(_ node: YAMLNode, _ pairs: [YAMLPair], _ shape: Shape) {
    let type = shape.plugins.isEmpty ? nil : node.pair(folding: "type")?.value.string
    let variant = type.flatMap { type in shape.plugins.first { $0.type == type } }
    // The mapping may have the keys of the shape and those of the plugin that `type` names.
    let known = shape.keys + (variant?.shape?.keys ?? [])
    for key in shape.keys { check(key, of: shape, node, pairs) }
    if shape.id == IPAMReference.shape.id { checkIPAMType(node, pairs) }
    for relation in shape.relations { check(relation, node, shape) }
    guard let variant, let inner = variant.shape, let place = plugin else {
      return unknownKeys(pairs, shape, known, isSure: shape.plugins.isEmpty)
    }
    plugin = PluginPlace(place.network, variant, isForRuntime: place.isForRuntime)
    for key in inner.keys where shape.key(key.name) == nil { check(key, of: inner, node, pairs) }
    for relation in inner.relations { check(relation, node, inner) }
    unknownKeys(pairs, inner, known, isSure: true)
    plugin = place
  }

  /// Finds an `ipam` that has keys but names no plugin.
  private mutating func checkIPAMType(_ node: YAMLNode, _ pairs: [YAMLPair]) {
    var conversion = JSONConversion(file: file)
    guard let problem = conversion.json(node).object?.missingIPAMType else { return }
    let place = pairs.first { $0.key == problem.misspelt } ?? node.pair(folding: "type") ?? pairs[0]
    report(.ipamWithoutType, problem.text, place.keyRange, help: problem.help)
  }

  /// The help for an IPAM plugin's key that stands beside `ipam`: it is probably not indented enough.
  private static func ipamHelp(_ key: String, _ shape: Shape) -> String? {
    guard shape.key("ipam") != nil else { return nil }
    let owner = Plugin.ipams.first { $0.shape?.keys.contains { equalFolded($0.name, key) } ?? false }
    return owner.map { "it is a key of \($0.type): if it belongs to ipam, indent it further than ipam" }
  }

  /// Whether a number cannot be written in JSON. The decoder reports that when it makes the plugin's configuration.
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

  /// Reports keys that exclude or need each other.
  private mutating func check(_ relation: KeyRelation, _ node: YAMLNode, _ shape: Shape) {
    func given(_ name: String, zeroCounts: Bool) -> YAMLPair? {
      node.pair(folding: name).flatMap { $0.value.isGiven(zeroCounts: zeroCounts) ? $0 : nil }
    }
    switch relation {
    case .excludes(let a, let b):
      guard let first = given(a, zeroCounts: true), let second = given(b, zeroCounts: true) else { return }
      let later = first.keyRange.lowerBound < second.keyRange.lowerBound ? second : first
      report(.invalidValue, "\(a) and \(b) exclude each other", later.keyRange, help: "remove one of them")
    case .excludesWord(let a, let b, let word):
      guard let pair = given(a, zeroCounts: true), node.pair(folding: b)?.value.string == word else { return }
      report(.invalidValue, "\(a) has no meaning with \(b): \(word)", pair.keyRange, help: "remove one of them")
    case .needs(let a, let b):
      guard let pair = given(a, zeroCounts: false), given(b, zeroCounts: false) == nil else { return }
      report(.invalidValue, "\(a) needs \(b)", pair.keyRange, help: "add \(b), or remove \(a)")
    case .oneOf(let keys, let capability):
      let declared = node.pair(folding: "capabilities")?.value
      let isByCall = capability.map { declared?.pair(folding: $0)?.value.bool ?? false } ?? false
      guard !isByCall, !keys.contains(where: { given($0, zeroCounts: false) != nil }) else { return }
      let help = "add " + keys.joined(separator: " or ")
      report(
        .invalidValue, "\(shape.name) needs " + (keys.count == 1 ? keys[0] : "one of \(keys.joined(separator: ", "))"),
        node.pair(folding: "type")?.value.range ?? node.range,
        help: capability.map { "\(help), or capabilities: {\($0): true} if each Pod names it" } ?? help)
    }
  }

  /// Reports unknown keys. Without `isSure` it reports none: an unknown plugin may have any key.
  private mutating func unknownKeys(_ pairs: [YAMLPair], _ shape: Shape, _ known: [Key], isSure: Bool) {
    guard isSure, !shape.isShared, let plugin else { return }
    let strangers = pairs.prefix(Self.comparedKeys).filter { pair in !known.contains { equalFolded($0.name, pair.key) } }
    let free = known.map(\.name).filter { name in !pairs.contains { equalFolded($0.key, name) } }
    for pair in strangers {
      let close = suggestion(for: pair.key, among: free)
      let help = close.map { "did you mean \(quoted($0))?" } ?? Self.ipamHelp(pair.key, shape)
      let place = shape.id.hasPrefix("plugin-") ? "" : " in \(shape.name)"
      findings.append(
        Diagnostic(
          .unknownPluginKey, "\(plugin.type) does not know the key \(quoted(pair.key))\(place)", at: Span(file, pair.keyRange),
          help: help ?? KeyHome.policyHelp(for: pair.key, in: shape) ?? "remove it: the plugin ignores it",
          // An external plugin of another release may know the key.
          severity: close != nil && plugin.isBuiltIn ? .error : .warning))
    }
  }
}

extension Key {
  /// The key with its example, as YAML. Nil without an example.
  var form: String? { example.map { "\(name): \($0)" } }
}

extension YAMLNode {
  /// Whether a plugin takes the value for one that is there. Go programs write an absent key as false, empty or 0.
  fileprivate func isGiven(zeroCounts: Bool) -> Bool {
    if isNull || bool == false || string?.isEmpty == true || sequence?.isEmpty == true || mapping?.isEmpty == true {
      return false
    }
    return zeroCounts || scalar?.text != "0"
  }

  /// The pair that a CNI plugin reads for this name: one with exactly this spelling, otherwise one that differs only in the case
  /// of ASCII letters.
  func pair(folding name: String) -> YAMLPair? { self[name] ?? mapping?.last { equalFolded($0.key, name) } }
}
