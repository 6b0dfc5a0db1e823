import CNI
import NetworkTypes
import Plugins

/// One interface of the Pod that an ADD will make: one run of a network's chain.
package struct PlannedAttachment: Sendable, Equatable {
  package let network: NetworkName
  package let interface: InterfaceName
  package let defaultRoute: DefaultRoute
  package let delegates: [PlannedDelegate]
  /// CNI_ARGS for the delegates.
  package let args: CNIArguments
  /// Whether CHECK looks at this network: the opposite of the CNI specification's `disableCheck`.
  package let isChecked: Bool
  /// Whether the runtime is told of the addresses.
  package let isInResult: Bool

  /// What the network has to do with the Pod's default routes. Of a family in neither list none is installed.
  package struct DefaultRoute: Sendable, Equatable {
    /// The policy or the Pod named the network as the owner: there must be a default route through its gateway.
    package var required: [AddressFamily] = []
    /// The network is the owner because nobody else was named: it keeps whatever default routes it brings.
    package var allowed: [AddressFamily] = []
    /// Gateways that the Pod asked for, at most one per family of `required`. The default route goes there instead.
    package var gateways: [IPAddress] = []

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
  /// What the chain's last delegate answered, with the default routes that the Pod has now.
  package let result: CNIResult
}

extension PlannedAttachment {
  /// The delegate of this type, for errors.
  func place(_ type: String) -> EngineError.DelegatePlace { .init(network: network, interface: interface, type: type) }

  /// Whether all delegates of the chain heed what the engine asks beyond the specification.
  func heedsOptions(_ delegates: DelegateLookup) -> Bool {
    self.delegates.allSatisfy { $0.traits(delegates).heedsOptions }
  }

  /// Whether the chain makes its interface itself. One that does not may work on an interface that is there already.
  func makesInterface(_ delegates: DelegateLookup) -> Bool {
    self.delegates.first?.traits(delegates).makesInterface ?? true
  }
}
