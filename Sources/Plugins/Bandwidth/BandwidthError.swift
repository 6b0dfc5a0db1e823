import CNI
import NetworkTypes

/// Why `bandwidth` refuses an attachment, or finds it changed.
package enum BandwidthError: PluginFailure, Equatable {
  /// The previous result lists no interface.
  case noInterfaces
  /// The container's interface is no end of a veth pair.
  case noVeth(InterfaceName)
  /// The other end of the pair, with this index, is not on the node.
  case peerElsewhere(InterfaceName, Int32)
  /// The previous result does not list the other end, which has this name.
  case peerUnlisted(InterfaceName, String)
  /// The kernel lacks something that limits need.
  case kernel(KernelPart)
  case check(ShapingDifference)

  /// A part of the kernel, by the name of its module.
  package enum KernelPart: String, Sendable, CaseIterable {
    case ifb
    case tbf = "sch_tbf"
    case htb = "sch_htb"
    case mirred = "act_mirred"
  }

  package var object: ErrorObject {
    switch self {
    case .noInterfaces: ErrorObject(.invalidConfiguration, "no interfaces provided")
    case .noVeth(let name):
      ErrorObject(
        .invalidConfiguration, "container interface \(name) has no veth peer",
        details:
          "the node limits traffic at its own end of a veth pair: remove the limits, or make the interface with bridge or ptp")
    case .peerElsewhere(_, let index): ErrorObject(.invalidConfiguration, "veth peer with index \(index) is not in host ns")
    case .peerUnlisted(let name, let peer):
      ErrorObject(
        .invalidConfiguration, "no veth peer of container interface found in host ns",
        details: "the previous result does not list \(peer), the other end of \(name)")
    case .kernel(let part): ErrorObject(.io, "the node's kernel has no \(part.rawValue), which limits of traffic need")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }

  package var referenceText: String? {
    switch self {
    case .noVeth(let name): "container interface \(name) has no veth peer: no veth peer"
    case .peerUnlisted: "no veth peer of container interface found in host ns"
    default: nil
    }
  }
}

/// A difference between what CHECK finds and the limits. Where the reference plugin has a text for it, this is its text, because other
/// programs compare the texts. The reference plugin does not look at filters.
package enum ShapingDifference: Equatable, Sendable, CustomStringConvertible {
  /// The link lacks the qdisc, or has another kind of one.
  case qdiscMissing(String)
  case rate(String)
  case limit(String)
  case buffer(String)
  /// The link has no class of this number, or one that does more or less.
  case classChanged(String, String)
  /// The link's filters are not those of the limits.
  case filtersChanged(String)
  /// The node has no link of this name for what the Pod sends.
  case ifbMissing(String)
  case ifbDown(String)

  package var description: String {
    switch self {
    case .qdiscMissing: "Failed to find qdisc"
    case .rate: "Rate doesn't match"
    case .limit: "Limit doesn't match"
    case .buffer: "Buffer doesn't match"
    case .classChanged(let link, let handle): "the class \(handle) of \(link) is missing or changed"
    case .filtersChanged(let link): "the filters of \(link) are not those of the limits"
    case .ifbMissing: "get ifb device: Link not found"
    case .ifbDown(let link): "the interface \(link), through which the Pod sends, is down"
    }
  }
}
