import CNI
import Diagnostics

/// The networks of a node and the rules that give them to Pods.
///
/// If it was loaded without errors, it has passed every check that needs no node, apart from the delegates' own.
package struct Policy: Sendable {
  /// The networks in the order of the files and of the text. Their names are unique.
  package let networks: [Network]
  /// The rules in their order. The first rule that matches a Pod applies.
  package let rules: [Rule]
  /// The networks that Pods may ask for by annotation.
  package let requests: [RequestGrant]
  private let indices: [NetworkName: Int]

  init(networks: [Network], rules: [Rule], requests: [RequestGrant]) {
    (self.networks, self.rules, self.requests) = (networks, rules, requests)
    indices = Dictionary(networks.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  package func network(_ name: NetworkName) -> Network? { indices[name].map { networks[$0] } }
}
