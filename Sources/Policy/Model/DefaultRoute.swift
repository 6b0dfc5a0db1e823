import NetworkTypes

/// An attachment's part in the Pod's default routes.
package struct DefaultRoute: Hashable, Sendable {
  /// The families whose default route this attachment owns. Default routes of other families that its delegates give are not
  /// installed.
  package var families: [AddressFamily]
  /// The families of `families` that the policy or the Pod claims explicitly. For these the delegates must give a default route.
  package var claimed: [AddressFamily]
  /// The gateways that the Pod asked for: at most one for each family of `claimed`. They replace the gateways of the delegates'
  /// default routes.
  package var gateways: [IPAddress]

  package init(families: [AddressFamily] = [], claimed: [AddressFamily] = [], gateways: [IPAddress] = []) {
    (self.families, self.claimed, self.gateways) = (families, claimed, gateways)
  }

  /// Removes a family.
  mutating func lose(_ family: AddressFamily) {
    families.removeAll { $0 == family }
    claimed.removeAll { $0 == family }
    gateways.removeAll { $0.family == family }
  }
}
