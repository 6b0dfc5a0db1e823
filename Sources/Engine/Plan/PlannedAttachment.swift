import CNI
import NetworkTypes
import PluginModel
import Plugins

/// One interface of the Pod that an ADD will make: one run of a network's chain.
package struct PlannedAttachment: Sendable, Equatable {
  package let network: NetworkName
  package let interface: InterfaceName
  package let defaultRoute: DefaultRoute
  package var delegates: [PlannedDelegate]
  /// CNI_ARGS for the delegates.
  package let args: CNIArguments
  /// Whether CHECK looks at this network: the opposite of the CNI specification's `disableCheck`.
  package let isChecked: Bool
  /// Whether the addresses appear in the result for the runtime.
  package let isInResult: Bool
  /// Whether the kernel heeds router advertisements on the interface.
  package var acceptsRA = true
  /// What the ADD may change on the node. Records do not have it, because only an ADD needs it.
  package var nodeBounds: NodeBounds?

  /// The network's part in the Pod's default routes. It installs none for a family that is in neither list.
  package struct DefaultRoute: Sendable, Equatable {
    /// The policy or the Pod named the network as the owner. There must be a default route through its gateway.
    package var required: [AddressFamily] = []
    /// The network is the owner because no other was named. It keeps the default routes that it brings, if any.
    package var allowed: [AddressFamily] = []
    /// Gateways that the Pod requested, at most one per family of `required`. The default route leads to them instead.
    package var gateways: [IPAddress] = []

    var owned: [AddressFamily] { AddressFamily.allCases.filter(owns) }

    func owns(_ family: AddressFamily) -> Bool { required.contains(family) || allowed.contains(family) }

    /// The families whose default routes the delegates may install.
    var delegated: [AddressFamily] {
      AddressFamily.allCases.filter { family in owns(family) && !gateways.contains { $0.family == family } }
    }
  }
}

/// One interface of the Pod that an ADD made.
package struct DoneAttachment: Sendable, Equatable {
  package let planned: PlannedAttachment
  /// The result of the chain's last delegate, with the default routes that the Pod has now.
  package let result: CNIResult
}

extension PlannedAttachment {
  /// The place of this type of delegate, for errors.
  func place(_ type: String) -> EngineError.DelegatePlace { .init(network: network, interface: interface, type: type) }

  /// The same attachment with some delegates of its chain only.
  func keeping(_ numbers: [Int]) -> PlannedAttachment {
    var copy = self
    copy.delegates = delegates.enumerated().filter { numbers.contains($0.offset) }.map(\.element)
    return copy
  }

  /// The part of the delegates' calls that is known now.
  var plannedCall: PlannedCall {
    PlannedCall(
      args: args, defaultRoutes: defaultRoute.delegated, gateways: defaultRoute.gateways, nodeBounds: nodeBounds,
      maker: delegates.first?.type)
  }

  /// Whether all delegates of the chain follow `DelegateCall.Options`.
  func heedsOptions(_ delegates: DelegateLookup) -> Bool {
    self.delegates.allSatisfy { $0.traits(delegates).heedsOptions }
  }

  /// Whether the routes of a family leave the main table for one of the interface's own. Those of the owner of the default route stay.
  func movesRoutes(_ family: AddressFamily) -> Bool {
    !defaultRoute.owns(family) && delegates.contains { Plugin.facts(of: $0.type, $0.configuration).movesRoutes }
  }

  /// Whether the chain makes its interface itself. If not, it may work on an interface that is there already.
  func makesInterface(_ delegates: DelegateLookup) -> Bool {
    self.delegates.first?.traits(delegates).makesInterface ?? true
  }
}
