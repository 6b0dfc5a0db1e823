import CNI
import Diagnostics

extension PolicyLint {
  mutating func checkOrder(of network: Network) {
    guard let first = network.chain.first, KnownPlugin.named(first.type)?.role == .chained else { return }
    report(
      .chainedFirst, "\(quoted(first.type)) makes no interface, and nothing before it does", first.span(of: .init("type")),
      help: "start the chain with the plugin that makes the interface, such as bridge")
  }

  /// Misspelt plugins and keys of theirs.
  mutating func checkNames(of entry: ChainEntry) {
    guard let plugin = KnownPlugin.named(entry.type) else {
      if entry.type != "braid", let close = Suggestion.closest(to: entry.type, among: KnownPlugin.all.map(\.type)) {
        report(
          .unknownPlugin, "Braid knows no plugin \(quoted(entry.type))", entry.span(of: .init("type")),
          help: "did you mean \(quoted(close))? If it is a plugin of your own, ignore this")
      }
      return
    }
    for member in entry.configuration.members.prefix(Self.comparedKeys) {
      checkKey(member.name, of: plugin, entry, .init(member.name))
    }
    guard let ipam = entry.configuration.value(named: "ipam")?.object, let type = entry.ipamType else { return }
    guard let known = KnownPlugin.named(type) else {
      let types = KnownPlugin.all.filter { $0.role == .ipam }.map(\.type)
      if let close = Suggestion.closest(to: type, among: types) {
        report(
          .unknownPlugin, "Braid knows no plugin \(quoted(type))", entry.span(of: .init("ipam", "type")),
          help: "did you mean \(quoted(close))? If it is a plugin of your own, ignore this")
      }
      return
    }
    for member in ipam.members.prefix(Self.comparedKeys) { checkKey(member.name, of: known, entry, .init("ipam", member.name)) }
  }

  private mutating func checkKey(_ name: String, of plugin: KnownPlugin, _ entry: ChainEntry, _ path: ConfigurationError.KeyPath)
  {
    guard let own = plugin.keys else { return }
    let keys = plugin.role == .ipam ? own : own + KnownPlugin.commonKeys
    guard !keys.contains(where: { $0.lowercased() == name.lowercased() }) else { return }
    let help = Suggestion.closest(to: name, among: keys).map { "did you mean \(quoted($0))?" }
    report(
      .unknownPluginKey, "\(plugin.type) does not know the key \(quoted(name))", entry.keySpan(of: path),
      help: help ?? "it is passed on, and the plugin passes it over")
  }
}
