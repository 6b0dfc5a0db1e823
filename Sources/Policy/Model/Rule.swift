import CNI
import Diagnostics
import NetworkTypes

/// Which Pods get which networks.
package struct Rule: Sendable {
  package let name: String
  /// Where the name stands.
  package let span: Span
  package let match: Match
  /// At least one; the first has the name that the runtime asks for.
  package let attach: [Attach]
}

/// One interface that a rule gives.
package struct Attach: Sendable {
  package let network: NetworkName
  package let span: Span
  /// Nil for the first of a rule: its name is the runtime's.
  package let interface: InterfaceName?
  /// Whether this attachment's default routes are installed; exactly one of a rule has it.
  package let ownsDefaultRoute: Bool
  /// Whether the policy says so itself: then there must be a default route through it, not only may.
  package let declaresDefaultRoute: Bool
}

/// Which networks the Pods of some namespaces may ask for by annotation.
package struct RequestGrant: Sendable {
  package let namespaces: [Glob]
  package let networks: [NetworkName]
  package let span: Span
}
