import CNI
import Diagnostics

/// What a node's administrator wants: the networks there are, and which Pod gets which.
///
/// A value of this type has passed every check that needs no node; only the delegates' own are left to their modules.
package struct Policy: Sendable {
  /// In the order of the files and their texts; names are unique.
  package let networks: [Network]
  /// The first that matches a Pod wins.
  package let rules: [Rule]
  /// What Pods may ask for by annotation.
  package let requests: [RequestGrant]
  private let indices: [NetworkName: Int]

  init(networks: [Network], rules: [Rule], requests: [RequestGrant]) {
    (self.networks, self.rules, self.requests) = (networks, rules, requests)
    indices = Dictionary(networks.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  package func network(_ name: NetworkName) -> Network? { indices[name].map { networks[$0] } }
}
