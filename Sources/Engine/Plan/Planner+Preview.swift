import CNI
import JSON
import PluginModel
import Policy

extension Selection {
  /// The attachments that an ADD would make, with the configurations of their delegates, computed without a node.
  ///
  /// `arguments` is the text of CNI_ARGS. Throws `ProtocolError` if the text is malformed.
  package func preview(arguments: String) throws(ProtocolError) -> [PlannedAttachment] {
    let configuration = try PluginConfiguration([
      "cniVersion": .string(SpecVersion.newest.rawValue), "name": .string(Plugin.braid.type),
      "type": .string(Plugin.braid.type),
    ])
    return Planner.attachments(of: self, configuration, try CNIArguments(arguments))
  }
}
