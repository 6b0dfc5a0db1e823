import CNI
import JSON
import PluginModel
import Policy

extension Selection {
  /// What an ADD would hand to the delegates, for those who want to know without a node.
  ///
  /// `arguments` are the keys of CNI_ARGS. Throws `ProtocolError` where they, or the annotations, cannot be put into the protocol's words.
  package func preview(arguments: String) throws(ProtocolError) -> [PlannedAttachment] {
    let configuration = try PluginConfiguration([
      "cniVersion": .string(SpecVersion.newest.rawValue), "name": .string(Plugin.braid.type),
      "type": .string(Plugin.braid.type),
    ])
    return Planner.attachments(of: self, configuration, try CNIArguments(arguments))
  }
}
