import CNI
import JSON
import NetworkTypes
import PluginModel
import Plugins
import Policy

extension Selection {
  /// The attachments that an ADD would make, with the configurations of their delegates, computed without a node.
  ///
  /// `arguments` is the text of CNI_ARGS. Throws `ProtocolError` if the text is malformed.
  package func preview(arguments: String) throws(ProtocolError) -> [PlannedAttachment] {
    Planner.attachments(of: self, try Self.braid(), try CNIArguments(arguments))
  }

  /// The error for which an ADD would refuse the Pod while it plans, with the code and text of its answer. Nil if it would not.
  ///
  /// It does not look at the node, so it does not miss the executables of external plugins.
  package func refusal(arguments: String) throws(ProtocolError) -> ErrorObject? {
    let plan = try preview(arguments: arguments)
    for (selected, planned) in zip(attachments, plan) {
      for (entry, delegate) in zip(selected.network.chain, planned.delegates) {
        guard let error = Self.refusal(of: delegate, planned.plannedCall) else { continue }
        return ErrorObject(EngineError.plan(planned.place(delegate.type), source: entry.span(of: error.path).description, error))
      }
    }
    return PlanOverflow(plan, of: attachments).map { ErrorObject(EngineError.planTooLarge($0)) }
  }

  private static func refusal(of delegate: PlannedDelegate, _ call: PlannedCall) -> DelegateError? {
    let configuration: PluginConfiguration
    do { configuration = try PluginConfiguration(delegate.configuration) } catch { return .protocol(error) }
    do {
      _ = try Plugin.named(delegate.type)?.review?(configuration, call)
      return nil
    } catch { return .configuration(error) }
  }

  /// A runtime's configuration of Braid that hands nothing over.
  private static func braid() throws(ProtocolError) -> PluginConfiguration {
    try PluginConfiguration([
      "cniVersion": .string(SpecVersion.newest.rawValue), "name": .string(Plugin.braid.type),
      "type": .string(Plugin.braid.type),
    ])
  }
}
