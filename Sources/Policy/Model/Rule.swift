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
  /// No two of a rule have the same family.
  package let defaultRoute: DefaultRoute
  package let options: AttachmentOptions
  /// Whether the runtime is told of the interface's addresses.
  package let inResult: Bool
}

/// Which networks the Pods of some namespaces may ask for by annotation.
package struct RequestGrant: Sendable {
  package let namespaces: [Glob]
  package let networks: [NetworkName]
  package let span: Span

  /// The condition that a Pod must meet to ask for these networks.
  package var match: Match { Self.match(namespaces) }

  package static func match(_ namespaces: [Glob]) -> Match { Match(conditions: [.namespaces(namespaces)]) }
}
