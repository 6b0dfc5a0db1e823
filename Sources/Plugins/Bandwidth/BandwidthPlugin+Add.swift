import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

extension BandwidthPlugin {
  func add(_ call: DelegateCall, _ result: inout CNIResult, on node: Node) throws(DelegateError) {
    guard isLimited else { return }
    let port = try ShapedPort(call, result, on: node).link
    let ifb = configuration.egress == nil ? nil : try makeIFB(call, port, node.host)
    let shapings = shapings(port, ifb)
    do throws(DelegateError) { try applyMakingRoom(shapings, names(call, ifb), node.host) } catch {
      try? clear(shapings.map(\.link), node.host)
      throw error
    }
    if let ifb { result.interfaces.append(.init(ifb)) }
  }

  /// An ADD that was killed may have left qdiscs, half of them perhaps. They make room. Somebody else's do not.
  private func applyMakingRoom(
    _ shapings: [(link: Link, shaping: Shaping)], _ names: [Request], _ host: NodeNamespace
  ) throws(DelegateError) {
    do throws(DelegateError) { return try apply(shapings, names, host) } catch {
      guard case .netlink(let cause) = error, cause.errno == .fileExists else { throw error }
    }
    try clear(shapings.map(\.link), host)
    try apply(shapings, names, host)
  }

  /// What each link needs. The ifb comes first: what is redirected to a link without a queue passes without a limit.
  private func shapings(_ port: Link, _ ifb: Link?) -> [(link: Link, shaping: Shaping)] {
    var shapings: [(Link, Shaping)] = []
    if let ifb, let limit = configuration.egress {
      shapings.append((ifb, .sending(TokenBucket(limit, mtu: ifb.mtu))))
      shapings.append((port, .redirecting(to: ifb.index, configuration.scope)))
    }
    if let limit = configuration.ingress {
      shapings.append((port, .sending(TokenBucket(limit, mtu: port.mtu), configuration.scope)))
    }
    return shapings
  }

  /// Makes everything in one request. A kernel without u32 gets the filters again, for other classifiers.
  ///
  /// `names` come last, and an attachment works without them.
  private func apply(
    _ shapings: [(link: Link, shaping: Shaping)], _ names: [Request], _ host: NodeNamespace
  ) throws(DelegateError) {
    func filters(isOther: Bool) -> [Request] {
      shapings.flatMap { $0.shaping.filterRequests(on: $0.link, isOther: isOther) } + names
    }
    let requests = shapings.flatMap { $0.shaping.requests(on: $0.link) }
    do throws(NetlinkError) { try host.route.execute(requests + filters(isOther: false)) } catch {
      switch error {
      case .refused(.setLink, _, _, _): return
      case .refused(.addFilter, _, .noSuchFileOrDirectory, _): break
      default: throw .netlink(error)
      }
      do throws(NetlinkError) { try host.route.execute(filters(isOther: true)) } catch let second {
        if case .refused(.setLink, _, _, _) = second { return }
        // The first error tells of the classifier, or the action, that nodes usually have.
        throw .netlink(second.errno == .noSuchFileOrDirectory ? error : second)
      }
    }
  }

  /// Makes the ifb. One of its name is from an earlier ADD that was killed: it makes room.
  private func makeIFB(_ call: DelegateCall, _ port: Link, _ host: NodeNamespace) throws(DelegateError) -> Link {
    let ifb = EgressIFB(network, call)
    let mtu = try? MTU(port.mtu)
    let new = NewLink(name: ifb.name, kind: .ifb, mac: ifb.mac, mtu: mtu, isUp: true)
    do throws(DelegateError) { return try host.make(new) } catch {
      guard case .netlink(let cause) = error else { throw error }
      if cause.errno == .notSupportedOnSocket { throw .plugin(BandwidthError.kernel(.ifb)) }
      guard cause.errno == .fileExists,
        let old = try netlink({ () throws(NetlinkError) in try host.route.link(named: ifb.name) }), ifb.isSame(as: old)
      else { throw error }
      try netlink { () throws(NetlinkError) in _ = try host.route.deleteLink(index: old.index, label: old.name) }
      return try host.make(new)
    }
  }

  /// The names by which people, GC and the reference plugin know the ifb.
  private func names(_ call: DelegateCall, _ ifb: Link?) -> [Request] {
    guard let ifb else { return [] }
    let alias = EgressIFB(network, call).alias.map { LinkChange(alias: $0).request(ifb.index, label: ifb.name) }
    // If the node goes back to the reference plugin, its CHECK and its DEL find the link.
    let theirs = AlternativeName.add(ReferenceIFB(network, call.containerID).name.text, to: ifb)
    return [alias, theirs].compactMap { $0 }
  }

  /// Deletes the qdiscs of these links that an ADD can have made.
  private func clear(_ links: [Link], _ host: NodeNamespace) throws(DelegateError) {
    var places: [(parent: TrafficHandle, link: Link)] = []
    for link in links where !places.contains(where: { $0.link.index == link.index }) {
      places += [(.root, link), (.ingress, link)]
    }
    try netlink { () throws(NetlinkError) in
      let made = zip(places, try host.route.qdiscs(of: places)).filter { $1?.isOfShaping ?? false }
      if !made.isEmpty { try host.route.execute(made.map { Qdisc.delete(under: $0.0.parent, of: $0.0.link) }) }
    }
  }
}
