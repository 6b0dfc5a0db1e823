import CNI
import Netlink
import PluginModel

extension BandwidthPlugin {
  func check(_ call: DelegateCall, _ previous: CNIResult, on node: Node) throws(DelegateError) {
    guard configuration.ingress != nil || configuration.egress != nil else { return }
    let port = try ShapedPort(call, previous, on: node).link
    var check = ShapingCheck(host: node.host)
    if let limit = configuration.ingress {
      try check.compare(port, .sending(TokenBucket(limit, mtu: port.mtu), configuration.scope))
    }
    if let limit = configuration.egress {
      let own = EgressIFB(network, call)
      let theirs = ReferenceIFB(network, call.containerID)
      let found = try netlink { () throws(NetlinkError) in
        try node.host.route.links(named: [own.name, theirs.name], indices: []).named
      }
      if let ifb = found.compactMap({ $0 }).first(where: { own.isSame(as: $0) || theirs.isOwn($0, previous) }) {
        if !ifb.isUp { check.report(.ifbDown(ifb.name)) }
        try check.compare(ifb, .sending(TokenBucket(limit, mtu: ifb.mtu)))
        try check.compare(port, .redirecting(to: ifb.index, configuration.scope))
      } else {
        check.report(.ifbMissing(own.name.text))
      }
    }
    try check.end()
  }
}

/// One CHECK of limits. It collects every difference.
private struct ShapingCheck {
  let host: NodeNamespace
  private var found: [ShapingDifference] = []

  init(host: NodeNamespace) { self.host = host }

  mutating func report(_ difference: ShapingDifference) { found.append(difference) }

  func end() throws(DelegateError) {
    let errors = found.map { DelegateError.plugin(BandwidthError.check($0)) }
    if errors.count > 1 { throw .differences(errors) }
    if let only = errors.first { throw only }
  }

  /// Compares everything that a link needs.
  mutating func compare(_ link: Link, _ shaping: Shaping) throws(DelegateError) {
    let host = host
    let qdiscs = try netlink { () throws(NetlinkError) in
      try host.route.qdiscs(of: shaping.qdiscs.map { ($0.parent, link) })
    }
    for (wanted, present) in zip(shaping.qdiscs, qdiscs) { found += Self.differences(wanted.kind, present?.kind, link.name) }
    if let wanted = shaping.class {
      let classes = try netlink { () throws(NetlinkError) in try host.route.htbClasses(of: link) }
      let isThere = classes.contains {
        $0.handle == wanted.handle && $0.rate == wanted.rate && $0.buffer == wanted.buffer && $0.isStrict
      }
      if !isThere { report(.classChanged(link.name, wanted.handle.description)) }
    }
    let isFiltered = !shaping.filters.isEmpty && !found.contains(.qdiscMissing(link.name))
    guard isFiltered else { return }
    let filters = try netlink { () throws(NetlinkError) in try host.route.filters(of: shaping.filtered, link) }
    if Set(filters) != Set(shaping.filters) { report(.filtersChanged(link.name)) }
  }

  private static func differences(_ wanted: Qdisc.Kind, _ present: Qdisc.Kind?, _ link: String) -> [ShapingDifference] {
    switch (wanted, present) {
    case (.tbf(let wanted), .tbf(let present)?):
      var found: [ShapingDifference] = []
      if present.rate != wanted.rate { found.append(.rate(link)) }
      if present.limit != wanted.limit { found.append(.limit(link)) }
      if present.buffer != wanted.buffer { found.append(.buffer(link)) }
      return found
    case (.bfifo(let wanted), .bfifo(let present)?): return wanted == present ? [] : [.limit(link)]
    default: return wanted == present ? [] : [.qdiscMissing(link)]
    }
  }
}
