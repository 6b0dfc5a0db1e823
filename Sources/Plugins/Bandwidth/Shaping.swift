import Netlink
import NetworkTypes
import PluginModel

/// What one link needs for a limit: a qdisc with all that is under it.
///
/// ADD makes it, and CHECK compares the kernel with it.
struct Shaping: Equatable {
  /// In the order in which they are made.
  private(set) var qdiscs: [Queue] = []
  /// Nil if no class is needed.
  private(set) var `class`: Class?
  /// The qdisc that has the filters.
  private(set) var filtered = Self.handle
  private(set) var filters: [Filter] = []

  struct Queue: Equatable {
    let kind: Qdisc.Kind
    let handle: TrafficHandle
    let parent: TrafficHandle
  }

  struct Class: Equatable {
    let handle: TrafficHandle
    let rate: UInt64
    let buffer: Ticks
  }

  /// The numbers are the reference plugin's.
  static let handle = TrafficHandle(1)
  private static let limited = TrafficHandle(1, 1)
  private static let queue = TrafficHandle(2)

  /// A link that sends everything within a limit.
  static func sending(_ bucket: TokenBucket) -> Shaping {
    var shaping = Shaping()
    shaping.qdiscs = [Queue(kind: .tbf(bucket.tbf), handle: handle, parent: .root)]
    return shaping
  }

  /// A link that sends what comes from a part of all addresses within a limit. tbf knows no parts, so this is a class of htb.
  static func sending(_ bucket: TokenBucket, _ scope: ShapingScope) -> Shaping {
    let (subnets, isExcept): ([CIDR], Bool)
    switch scope {
    case .everything: return sending(bucket)
    case .only(let some): (subnets, isExcept) = (some, false)
    case .except(let some): (subnets, isExcept) = (some, true)
    }
    var shaping = Shaping()
    shaping.qdiscs = [
      Queue(kind: .htb(HTB(defaultClass: isExcept ? 1 : 0)), handle: handle, parent: .root),
      Queue(kind: .bfifo(BFIFO(limit: bucket.limit)), handle: queue, parent: limited),
    ]
    shaping.class = Class(handle: limited, rate: bucket.rate, buffer: bucket.buffer)
    shaping.filters = subnets.map {
      Filter(priority: priority($0.family), match: match($0, .source($0)), classID: isExcept ? handle : limited)
    }
    return shaping
  }

  /// A link that passes on to another link, which is limited, what it receives for a part of all addresses.
  static func redirecting(to index: Int32, _ scope: ShapingScope) -> Shaping {
    var shaping = Shaping()
    shaping.qdiscs = [Queue(kind: .ingress, handle: .ingressQdisc, parent: .ingress)]
    shaping.filtered = .ingressQdisc
    switch scope {
    case .everything: shaping.filters = [Filter(priority: 1, match: .everything, classID: limited, redirect: index)]
    case .only(let subnets):
      shaping.filters = subnets.map {
        Filter(priority: priority($0.family), match: match($0, .destination($0)), classID: limited, redirect: index)
      }
    case .except(let subnets):
      shaping.filters = subnets.map {
        Filter(priority: priority($0.family), match: match($0, .destination($0)), classID: limited)
      }
      shaping.filters.append(Filter(priority: 3, match: .everything, classID: limited, redirect: index))
    }
    return shaping
  }

  /// A subnet that is a whole family needs no address.
  private static func match(_ subnet: CIDR, _ part: Filter.Match) -> Filter.Match {
    subnet.prefixLength == 0 ? .family(subnet.family) : part
  }

  /// All filters of one priority must be of one family.
  private static func priority(_ family: AddressFamily) -> UInt16 { family == .ipv4 ? 1 : 2 }
}

extension Shaping {
  /// The requests for everything but the filters. A class comes before the queue under it.
  func requests(on link: Link) -> [Request] {
    var requests: [Request] = []
    for qdisc in qdiscs {
      requests.append(Qdisc.add(qdisc.kind, qdisc.handle, under: qdisc.parent, to: link))
      guard let made = `class`, qdisc.parent == .root else { continue }
      // One packet at a time: there is no other class.
      let quantum = UInt32(clamping: link.mtu)
      requests.append(HTBClass.add(made.handle, rate: made.rate, buffer: made.buffer, quantum: quantum, to: link))
    }
    return requests
  }

  /// The requests for the filters; with `isOther` by the classifiers of a kernel without u32.
  func filterRequests(on link: Link, isOther: Bool) -> [Request] {
    filters.map { $0.add(isOther ? $0.otherClassifier : .u32, to: filtered, of: link) }
  }
}

extension Qdisc {
  /// Whether it can be the top of a shaping.
  var isOfShaping: Bool {
    switch kind {
    case .tbf, .htb: handle == Shaping.handle
    case .ingress: true
    case .bfifo, .other: false
    }
  }
}
