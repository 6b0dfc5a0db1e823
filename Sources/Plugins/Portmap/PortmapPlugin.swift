import CNI
import Netlink
import NetworkTypes
import PluginModel
import System

/// `portmap`: ports of the node that lead to the container, by elements of the node's ruleset.
struct PortmapPlugin: ChainedPlugin {
  let configuration: PortmapConfiguration
  let network: String

  static let noPreviousResult = (add: "must be called as chained plugin", check: "Required prevResult missing")

  init(_ keys: PortmapConfiguration, _ configuration: PluginConfiguration) {
    (self.configuration, network) = (keys, configuration.name.text)
  }

  // MARK: - ADD

  func add(_ call: DelegateCall, _ result: inout CNIResult, on node: Node) throws(DelegateError) {
    let owner = ElementOwner(call, network: network)
    let targets = targets(result, call)
    guard !targets.isEmpty else { return }
    let elements = elements(targets, result, call, owner)
    let ruleset = Ruleset(host: node.host)
    do throws(DelegateError) {
      // Masquerading of the same interface has some of the elements.
      try ruleset.add(elements, of: owner, looksFirst: configuration.masquerades) { other in
        // Elements of our own address that bear another name are old ones: the address is ours now.
        other.set.data.isEmpty || elements.contains { $0.data == other.data && $0.key == other.key }
      }
    } catch {
      guard case .plugin(RulesetError.taken(let element, let holder)) = error,
        let target = targets.first(where: { $0.element(owner).key == element.key })
      else { throw error }
      throw .plugin(PortmapError.taken(target.hostPort, by: holder))
    }
    try preparePorts(targets, result, call, node)
    noteListeners(targets, on: node)
  }

  /// What the elements alone cannot do: 127.0.0.1, packets that leave by the port of the bridge that they came in by, and connections that
  /// began before.
  private func preparePorts(
    _ targets: [PortmapTarget], _ result: CNIResult, _ call: DelegateCall, _ node: Node
  ) throws(DelegateError) {
    if configuration.masquerades {
      let loopback = targets.filter { $0.address.family == .ipv4 && ($0.hostPort.address?.isLoopback ?? true) }
      if let target = loopback.first { try allowLoopback(to: target.address, node.host) }
      try turnBack(result, node.host)
    }
    try ConnectionFlush(host: node.host).run(for: targets)
  }

  /// Lets the node's own packets from 127.0.0.0/8 out, and the answers in, on the link that leads to the container. The ruleset drops all
  /// others.
  private func allowLoopback(to address: IPAddress, _ host: NodeNamespace) throws(DelegateError) {
    let route = try netlink { () throws(NetlinkError) in try host.route.route(to: address) }
    guard let index = route?.link, let link = try netlink({ () throws(NetlinkError) in try host.route.link(index: index) }),
      let name = try? InterfaceName(link.name)
    else { return }
    try system { () throws(SystemError) in try host.sysctl.set(.ipv4, "conf/\(name)/route_localnet", "1") }
  }

  /// A Pod that calls its own host port: where the bridge's netfilter translates the address, the packet leaves by the port by which it came.
  private func turnBack(_ result: CNIResult, _ host: NodeNamespace) throws(DelegateError) {
    let ports = try NodeEnd.links(of: NodeEnd.ends(result), in: host).filter { $0.port?.hairpin == false }
    guard !ports.isEmpty else { return }
    let requests = ports.map { BridgePort.set($0, hairpin: true) }
    try netlink { () throws(NetlinkError) in try host.route.execute(requests) }
  }

  /// A program of the node that listens on the port gets no more calls from outside.
  private func noteListeners(_ targets: [PortmapTarget], on node: Node) {
    for target in targets where ListeningPort(target.hostPort, target.address.family).isTaken {
      node.notice(
        "a program of the node listens on host port \(target.hostPort), which leads to \(target.address) now: calls from outside no longer reach the program"
      )
    }
  }

  // MARK: - Elements

  /// One for each host port and family of the container's addresses.
  private func targets(_ result: CNIResult, _ call: DelegateCall) -> [PortmapTarget] {
    let addresses = result.ips(of: call.ifName.text).map(\.address.address)
    let firsts = AddressFamily.allCases.compactMap { family in addresses.first { $0.family == family } }
    return configuration.hostPorts.flatMap { hostPort in
      firsts.filter { hostPort.serves($0.family) }.map { PortmapTarget(hostPort: hostPort, address: $0) }
    }
  }

  private func elements(
    _ targets: [PortmapTarget], _ result: CNIResult, _ call: DelegateCall, _ owner: ElementOwner
  ) -> [NFTElement] {
    var elements = targets.map { $0.element(owner) }
    if configuration.masqueradesAll {
      for element in targets.map({ $0.masqueradeElement(owner) }) where !elements.contains(element) { elements.append(element) }
    }
    guard configuration.masquerades else { return elements }
    return elements + ServiceElements(result, call, owner, callers: [Self.loopback]).all
  }

  /// 127.0.0.0/8.
  private static let loopback: CIDR = {
    guard let cidr = try? CIDR("127.0.0.0/8") else { preconditionFailure("a valid prefix") }
    return cidr
  }()

  // MARK: - DEL

  /// The elements are looked for by their comment where they are not known: DEL may come without the mappings, or with others.
  static func remove(
    _ call: DelegateCall, _ configuration: PluginConfiguration, on node: Node
  ) throws(DelegateError) {
    let owner = ElementOwner(call, network: configuration.name.text)
    let ruleset = Ruleset(host: node.host)
    let removed: [NFTElement]
    do throws(DelegateError) {
      let known = known(call, configuration, owner)
      let found = try ruleset.delete(known, of: owner)
      removed = known.isEmpty || found.count < known.count ? try found + ruleset.deleteAll(in: sets, of: owner) : found
    } catch {
      // A kernel without nf_tables has nothing of ours.
      guard case .plugin(RulesetError.noNFTables) = error else { throw error }
      return
    }
    if removed.isEmpty {
      try ReferenceRules(call, network: configuration.name.text, host: node.host).deleteHostPorts()
    }
    try ConnectionFlush(host: node.host).run(after: removed)
  }

  /// The elements of an ADD with this configuration and result. Empty if they are not known.
  private static func known(_ call: DelegateCall, _ configuration: PluginConfiguration, _ owner: ElementOwner) -> [NFTElement] {
    guard let keys = try? PortmapConfiguration(configuration), let result = try? call.previous.result() else { return [] }
    let plugin = PortmapPlugin(keys, configuration)
    let targets = plugin.targets(result, call)
    return targets.isEmpty ? [] : plugin.elements(targets, result, call, owner)
  }

  private static var sets: [NFTSet] {
    AddressFamily.allCases.flatMap { family in
      let sets = RulesetLayout.sets(family)
      return [sets.hostPorts, sets.anyHostPorts, sets.masqueradedPorts, sets.own, sets.neighbours, sets.bridged]
    }
  }

  // MARK: - CHECK, GC, STATUS

  func check(_ call: DelegateCall, _ previous: CNIResult, on node: Node) throws(DelegateError) {
    let owner = ElementOwner(call, network: network)
    let targets = targets(previous, call)
    guard !targets.isEmpty else { return }
    let ruleset = Ruleset(host: node.host)
    guard try ruleset.isWhole() == true else { throw .plugin(RulesetError.damaged) }
    let wanted = elements(targets, previous, call, owner)
    let missing = try ruleset.missing(wanted.filter { $0.set.key.first != .etherAddress })
    if let target = targets.first(where: { missing.contains($0.element(owner)) }) {
      throw .plugin(PortmapError.notForwarded(target.hostPort, to: target.address))
    }
    if let first = missing.first { throw .plugin(RulesetError.elementMissing(first)) }
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node) throws(DelegateError) {
    try Masquerade.collectGarbage(keeping: valid, network: network, on: node)
  }

  func checkNode(_ node: Node) throws(DelegateError) { try Ruleset(host: node.host).checkKernel() }
  func remarks(on node: Node) throws(DelegateError) -> [String] { try Ruleset(host: node.host).remarks() }
}
