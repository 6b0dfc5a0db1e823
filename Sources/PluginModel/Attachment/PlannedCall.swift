import CNI
import NetworkTypes

/// Everything about a call of ADD that is known while it is planned, beside the configuration.
package struct PlannedCall: Sendable {
  package let args: CNIArguments
  /// The families whose default routes the network owns (`DelegateCall.Options.defaultRoutes`).
  package let defaultRoutes: [AddressFamily]
  /// The gateways that the Pod asked for. The engine adds default routes through them.
  package let gateways: [IPAddress]
  /// Whether the runtime may still name addresses. True only for a policy that is checked without a Pod.
  package let mayGetAddresses: Bool
  /// `DelegateCall.Options.nodeBounds`.
  package let nodeBounds: NodeBounds?
  /// The type of the chain's first plugin, which makes the interface. Nil if it is not known.
  package let maker: String?

  package init(
    args: CNIArguments = .none, defaultRoutes: [AddressFamily] = AddressFamily.allCases, gateways: [IPAddress] = [],
    mayGetAddresses: Bool = false, nodeBounds: NodeBounds? = nil, maker: String? = nil
  ) {
    (self.args, self.defaultRoutes, self.gateways) = (args, defaultRoutes, gateways)
    (self.mayGetAddresses, self.nodeBounds, self.maker) = (mayGetAddresses, nodeBounds, maker)
  }
}
