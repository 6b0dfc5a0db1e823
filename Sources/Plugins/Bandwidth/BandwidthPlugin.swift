import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// `bandwidth`: limits what the container receives and sends, at the node's end of its interface.
///
/// What the container receives waits in the queue of that end. What it sends has passed its own queue already, so the node's end redirects it
/// to an ifb, in whose queue it waits.
struct BandwidthPlugin: ChainedPlugin {
  let configuration: BandwidthConfiguration
  let network: NetworkName

  init(_ keys: BandwidthConfiguration, _ configuration: PluginConfiguration) {
    (self.configuration, network) = (keys, configuration.name)
  }

  static let noPreviousResult = (add: "must be called as chained plugin", check: "must be called as a chained plugin")

  var isLimited: Bool { configuration.ingress != nil || configuration.egress != nil }

  // MARK: - DEL

  /// Deletes the ifb. The qdiscs of the node's end go with it.
  static func remove(_ call: DelegateCall, _ configuration: PluginConfiguration, on node: Node) throws(DelegateError) {
    let own = EgressIFB(configuration.name, call)
    let theirs = ReferenceIFB(configuration.name, call.containerID)
    let found = try netlink { () throws(NetlinkError) in
      try node.host.route.links(named: [own.name, theirs.name], indices: []).named
    }
    let result = (try? call.previous.result()) ?? nil
    var links: [Link] = []
    // The own link has both names.
    for case let link? in found where own.isSame(as: link) || theirs.isOwn(link, result) {
      if !links.contains(where: { $0.index == link.index }) { links.append(link) }
    }
    try delete(links, node.host)
  }

  static func release(
    _ call: DelegateCall, _ configuration: PluginConfiguration, keeping interfaces: Set<String>, on node: Node
  ) throws(DelegateError) {
    let prefix = EgressIFB.alias(of: configuration.name, call.containerID.text)
    let links = try EgressIFB.links(of: configuration.name, in: node.host)
    try delete(
      links.filter { link in
        guard let alias = link.alias, alias.hasPrefix(prefix) else { return false }
        return !interfaces.contains(String(alias.dropFirst(prefix.count)))
      }, node.host)
  }

  // MARK: - GC, STATUS

  func collectGarbage(keeping valid: [Attachment], on node: Node) throws(DelegateError) {
    try Self.delete(try EgressIFB.garbage(of: network, keeping: valid, in: node.host), node.host)
  }

  /// Fails only if every attachment has limits. Otherwise an attachment may do without.
  func checkNode(_ node: Node) throws(DelegateError) {
    guard isLimited, let missing = try ShapingProbe(configuration).missing(on: node.host).first else { return }
    throw .plugin(BandwidthError.kernel(missing))
  }

  func remarks(on node: Node) throws(DelegateError) -> [String] {
    guard !isLimited else { return [] }
    return try ShapingProbe(configuration).missing(on: node.host).map { BandwidthError.kernel($0).object.msg }
  }

  private static func delete(_ links: [Link], _ host: NodeNamespace) throws(DelegateError) {
    for link in links {
      try netlink { () throws(NetlinkError) in _ = try host.route.deleteLink(index: link.index, label: link.name) }
    }
  }
}
