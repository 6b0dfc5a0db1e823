import CNI
import Netlink
import NetworkTypes
import PluginModel

/// Why the node's ruleset cannot serve an attachment.
package enum RulesetError: PluginFailure, Equatable {
  /// The kernel has no nf_tables.
  case noNFTables
  /// Another attachment, or somebody else, has the element. Nil for an element without a comment.
  case taken(NFTElement, by: String?)
  /// CHECK: the table has other rules than it must have, or is gone.
  case damaged
  /// CHECK: an element is not there, or is another's.
  case elementMissing(NFTElement)

  package var object: ErrorObject {
    switch self {
    case .noNFTables:
      ErrorObject(
        .invalidEnvironment,
        "the kernel has no nf_tables (CONFIG_NF_TABLES, CONFIG_NF_TABLES_INET), which masquerading and host ports "
          + "need")
    case .taken(let element, let holder):
      ErrorObject(
        .tryAgainLater, "an element of the set \(element.set) that this Pod needs belongs to \(holder ?? "somebody else")")
    case .damaged:
      ErrorObject(
        .io,
        "the rules of the table \(RulesetLayout.table) of nf_tables are not those that Braid made: the next ADD restores the "
          + "rules, and a Pod's own elements come back when the Pod is started anew")
    case .elementMissing(let element):
      ErrorObject(.io, "the set \(element.set) of nf_tables lacks an element of this Pod")
    }
  }
}
