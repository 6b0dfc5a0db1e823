import CNI
import Diagnostics
import NetworkTypes

/// The networks that the Pods of a match get.
package struct Rule: Sendable {
  package let name: String
  /// The place of the name.
  package let span: Span
  package let match: Match
  /// The interfaces in their order, at least one. The runtime chooses the name of the first.
  package let attach: [Attach]
}

/// One interface that a rule gives.
package struct Attach: Sendable {
  package let network: NetworkName
  package let span: Span
  /// The interface's name in the Pod. Nil for the first of a rule, whose name the runtime chooses.
  package let interface: InterfaceName?
  /// No two attachments of a rule own the same family.
  package let defaultRoute: DefaultRoute
  package let options: AttachmentOptions
  /// Whether the result for the runtime has the interface's addresses.
  package let inResult: Bool
}
