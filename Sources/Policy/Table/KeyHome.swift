import Diagnostics
import JSON
import PluginModel

/// The place of a policy that a key belongs to, for keys that stand at another place.
enum KeyHome {
  /// The help for a key that a mapping of this shape does not have; nil if no other mapping has it either.
  static func help(for key: String, in shape: Shape) -> String? {
    if let help = policyHelp(for: key, in: shape) { return help }
    if let plugin = Plugin.chain.first(where: { has($0, key) }) {
      return "\(quoted(key)) is a key of plugins such as \(plugin.type): put it into the plugin's entry in chain"
    }
    return Plugin.ipams.first { has($0, key) }.map { "\(quoted(key)) is a key of \($0.type): put it under ipam" }
  }

  /// The help for a key that belongs to a mapping of the policy itself; nil if none of them has it.
  static func policyHelp(for key: String, in shape: Shape) -> String? {
    let homes = places.filter { home in home.shape.id != shape.id && home.shape.key(key) != nil }.map(\.place)
    return homes.isEmpty ? nil : "\(quoted(key)) is a key of \(homes.prefix(2).joined(separator: " or of ")): put it there"
  }

  private static func has(_ plugin: Plugin, _ key: String) -> Bool {
    plugin.shape?.keys.contains { equalFolded($0.name, key) } ?? false
  }

  private static var places: [(shape: Shape, place: String)] {
    [
      (PolicyTable.policy, "the policy itself, the outermost level"), (PolicyTable.network, "a network"),
      (PolicyTable.rule, "a rule"), (MatchTable.match, "a rule's match"), (AttachTable.attach, "an entry of attach"),
      (RequestTable.request, "an entry of requests"), (AttachTable.portMapping, "an entry of portMappings"),
      (AttachTable.bandwidth, "an attachment's bandwidth"),
    ]
  }
}

/// CNI configurations that were pasted into a policy as they are.
enum PastedConfiguration {
  /// The finding for a network whose value is a CNI configuration: message and help. Nil if it is none.
  static func problem(ofNetwork keys: [String]) -> (message: String, help: String)? {
    guard !keys.contains("chain") else { return nil }
    if keys.contains("plugins") {
      return (
        "this network is a CNI configuration list, as it was pasted",
        "rename plugins to chain, and remove the other keys but cniVersion, disableCheck and disableGC"
      )
    }
    guard keys.contains("type") else { return nil }
    return (
      "this network is the configuration of one CNI plugin, as it was pasted",
      "put it into a list under chain: chain: [{type: …}], without name and cniVersion"
    )
  }

  /// The help for a whole configuration list that stands where a plugin or a list of plugins belongs.
  static let helpInChain = "this is a whole CNI configuration list: put only the entries of its plugins under chain"
}
