import CNI
import JSON

extension Network {
  /// What plugins are called with where neither the policy nor the runtime says a newer one: the version of most plugins.
  private static let defaultVersion = SpecVersion.v100

  /// The keys of an entry as its plugin gets them, with the network's name and version in the place of its own.
  package func object(of entry: ChainEntry) -> JSONObject {
    var object: JSONObject = [
      "cniVersion": .string((cniVersion ?? Self.defaultVersion).rawValue), "name": .string(name.text),
    ]
    for member in entry.configuration.members where object[member.name] == nil { object.members.append(member) }
    return object
  }

  /// The entry as its plugin gets it for operations on the whole network. Throws `ProtocolError.configuration`.
  package func configuration(of entry: ChainEntry) throws(ProtocolError) -> PluginConfiguration {
    try PluginConfiguration(object(of: entry))
  }
}
