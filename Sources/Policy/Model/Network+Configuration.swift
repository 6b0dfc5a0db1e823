import CNI
import JSON

extension Network {
  /// The version for plugins if neither the policy nor the runtime asks for a newer one. Most plugins support it.
  private static let defaultVersion = SpecVersion.v100

  /// The configuration of an entry for its plugin. The network's name and version replace the entry's own.
  package func object(of entry: ChainEntry) -> JSONObject {
    var object: JSONObject = [
      "cniVersion": .string((cniVersion ?? Self.defaultVersion).rawValue), "name": .string(name.text),
    ]
    for member in entry.configuration.members where object[member.name] == nil { object.members.append(member) }
    return object
  }

  /// The configuration of an entry for operations on the whole network. Throws `ProtocolError.configuration`.
  package func configuration(of entry: ChainEntry) throws(ProtocolError) -> PluginConfiguration {
    try PluginConfiguration(object(of: entry))
  }
}
