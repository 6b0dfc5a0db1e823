import CNI
import Diagnostics
import PluginModel

extension PolicyLint {
  mutating func checkOrder(of network: Network) {
    guard let first = network.chain.first, Plugin.named(first.type)?.role == .chained else { return }
    report(
      .chainedFirst, "\(quoted(first.type)) needs an interface, but no plugin before it makes one",
      first.span(of: .init("type")),
      help: "start the chain with the plugin that makes the interface, such as bridge")
  }

  /// Finds misspelt plugins, unknown keys and wrong values.
  ///
  /// A wrong value of a built-in plugin is an error, because an ADD would refuse it too.
  mutating func checkPlugins(of network: Network) {
    for entry in network.chain {
      if Plugin.named(entry.type) == nil { checkType(entry.type, of: Plugin.all, entry, .init("type")) }
      if let type = entry.ipamType, Plugin.named(type) == nil {
        checkType(type, of: Plugin.ipams, entry, .init("ipam", "type"))
      }
      checkKeys(of: entry, network)
    }
  }

  private mutating func checkType(
    _ type: String, of known: [Plugin], _ entry: ChainEntry, _ path: ConfigurationError.KeyPath
  ) {
    guard let close = Suggestion.closest(to: type, among: known.map(\.type)) else { return }
    let isOneLetter = Suggestion.isOneLetterAway(type, from: close)
    findings.append(
      Diagnostic(
        .unknownPlugin, "Braid does not know the plugin \(quoted(type))", at: entry.span(of: path),
        help: "did you mean \(quoted(close))?" + (isOneLetter ? "" : " Ignore this if it is a plugin of your own"),
        severity: isOneLetter ? .error : .warning))
  }

  private mutating func checkKeys(of entry: ChainEntry, _ network: Network) {
    let plugin = Plugin.named(entry.type) ?? Plugin(entry.type, .interface)
    let place = PluginPlace(network.name, plugin, isForRuntime: draft.isForRuntime)
    var checker = ShapeChecker(entry.file, plugin: place, comparisons: comparisons)
    if let shape = plugin.shape {
      checker.check(entry.node, .object(shape), what: plugin.type)
    } else if let ipam = entry.node.pair(folding: "ipam")?.value, ipam.mapping != nil {
      checker.check(ipam, .object(IPAMReference.shape), what: "ipam")
    }
    comparisons = checker.comparisons
    // An IPAM plugin in the chain is an error as a whole. Findings about its values would only distract.
    for finding in checker.findings.items where plugin.role != .ipam || finding.code == .unknownPluginKey {
      findings.append(finding)
    }
  }
}
