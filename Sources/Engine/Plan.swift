import CNI
import JSON
import NetworkTypes
import Plugins

/// What one ADD will do: the attachments in order, each with the fully derived configurations of its delegates.
package struct Plan: Sendable, Equatable {
  /// The rule that matched.
  package let rule: String
  package let attachments: [PlannedAttachment]
}

/// One interface of the Pod: one run of a network's chain.
package struct PlannedAttachment: Sendable, Equatable {
  package let network: NetworkName
  package let interface: InterfaceName
  package let defaultRoute: DefaultRoute
  package let delegates: [PlannedDelegate]
  /// CNI_ARGS for the delegates.
  package let args: CNIArguments
  /// Whether CHECK looks at this network (`disableCheck` of the CNI specification, turned round).
  package let isChecked: Bool
  /// Whether the runtime is told of the addresses.
  package let isInResult: Bool

  /// What the network's default routes are to the Pod, by family; of a family that is in neither list none is installed.
  package struct DefaultRoute: Sendable, Equatable {
    /// The network is the owner by the policy's or the Pod's word: a default route through its gateway there must be.
    package var required: [AddressFamily] = []
    /// The owner because nobody else was named: whatever default routes the network brings.
    package var allowed: [AddressFamily] = []
    /// Gateways that the Pod asked for, at most one per family of `required`: the default route goes there, and not where the
    /// network says.
    package var gateways: [IPAddress] = []

    func owns(_ family: AddressFamily) -> Bool { required.contains(family) || allowed.contains(family) }

    /// The families whose default routes the delegates may install.
    var delegated: [AddressFamily] {
      AddressFamily.allCases.filter { family in owns(family) && !gateways.contains { $0.family == family } }
    }
  }
}

/// One delegate of a chain with the configuration that it gets, less prevResult.
package struct PlannedDelegate: Sendable, Equatable {
  package let type: String
  package let configuration: JSONObject

  package func call(
    _ attachment: PlannedAttachment, containerID: ContainerID, netns: String, path: [String], prevResult: CNIResult?,
    linkGroup: UInt32?, bridgeLock: String, takesOverReservation: Bool = false, isUndo: Bool = false
  ) throws(ProtocolError) -> DelegateCall {
    var object = configuration
    if let prevResult {
      let version = try PluginConfiguration(object).cniVersion
      do { object["prevResult"] = try prevResult.json(version) } catch {
        // DEL goes on without it; what cannot be said in a version is no reason to leave anything behind.
        guard isUndo else { throw .result(error) }
      }
    }
    return DelegateCall(
      containerID: containerID, netns: netns, ifName: attachment.interface, args: attachment.args, path: path,
      configuration: try PluginConfiguration(object),
      options: .init(
        defaultRoutes: attachment.defaultRoute.delegated, takesOverReservation: takesOverReservation,
        bridgeLock: bridgeLock, linkGroup: attachment.hasExternalDelegate ? nil : linkGroup))
  }
}

extension PlannedDelegate {
  /// `ipam.type`, if there is one.
  var ipam: String? { configuration.value(named: "ipam")?.object?.value(named: "type")?.string.flatMap { $0.isEmpty ? nil : $0 } }
}

extension PlannedDelegate {
  /// Whether it and the IPAM behind it, if there is one, are built in.
  var isOwn: Bool {
    DelegateLookup.builtIn(type) != nil && (ipam.map { DelegateLookup.builtIn($0) != nil } ?? true)
  }
}

extension Plan {
  /// Whether some delegate, or the IPAM behind one, keeps state that we do not know, and that outlives the node's boot.
  var keepsForeignState: Bool { attachments.contains { !$0.delegates.allSatisfy(\.isOwn) } }
}
