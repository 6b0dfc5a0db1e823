import NetworkTypes

/// What an attachment has to do with the Pod's default routes.
package struct DefaultRoute: Hashable, Sendable {
  /// The families whose default routes are this attachment's; those of other families that its delegates give are not installed.
  package var families: [AddressFamily]
  /// Those of them that the policy or the Pod claims for it by word: there must be a default route then, not only may.
  package var claimed: [AddressFamily]
  /// Where the Pod asked for gateways of its own: at most one per family, of `claimed`. The default route of the family goes there
  /// instead of where the delegates say.
  package var gateways: [IPAddress]

  package init(families: [AddressFamily] = [], claimed: [AddressFamily] = [], gateways: [IPAddress] = []) {
    (self.families, self.claimed, self.gateways) = (families, claimed, gateways)
  }

  /// Takes a family away.
  mutating func lose(_ family: AddressFamily) {
    families.removeAll { $0 == family }
    claimed.removeAll { $0 == family }
    gateways.removeAll { $0.family == family }
  }
}
