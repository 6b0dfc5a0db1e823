import CNI
import JSON
import Netlink
import NetworkTypes
import PluginModel
import System

/// `sbr`: source routing. Packets with an address of the interface find their way in a routing table of the address.
///
/// The rules bear a protocol and a priority of ours, so a DEL knows them, whatever rules the workload has. A rule whose address is on no link
/// of the namespace any more is left from an attachment that ended: no other note of the rules and tables is needed.
struct SBRPlugin: ChainedPlugin {
  static let noPreviousResult = (add: noPreviousText, check: noPreviousText)
  private static let noPreviousText = "This plugin must be called as chained plugin"

  /// Before those that ip(8) chooses for a workload's rules, which count down from 32765.
  static let priority: UInt32 = 20000

  let configuration: SBRConfiguration

  init(_ keys: SBRConfiguration, _ configuration: PluginConfiguration) { self.configuration = keys }

  // MARK: - ADD

  func add(_ call: DelegateCall, _ result: inout CNIResult, on node: Node) throws(DelegateError) {
    let attachment = try SourceRouting(call, result, configuration, on: node)
    // Nobody else may choose the same table.
    try attachment.container.namespace.locked(waiting: Waits.namespaceLock, failure: DelegateError.system) {
      () throws(DelegateError) in try make(attachment, keeping: call.options.keepsMainRoutes)
    }
  }

  private func make(_ attachment: SourceRouting, keeping kept: [AddressFamily]) throws(DelegateError) {
    let container = attachment.container
    let main = try attachment.mainRoutes()
    var requests: [Request] = []
    for rule in try rules(attachment) {
      if configuration.table == nil, let source = rule.source,
        let ip = attachment.ips.first(where: { CIDR(host: $0.address.address) == source })
      {
        requests += attachment.routes(of: ip, from: main, table: rule.table).map {
          $0.replace.about($0.description(dev: attachment.link.name))
        }
      }
      requests.append(rule.add)
    }
    try netlink { () throws(NetlinkError) in
      for request in requests { try container.route.execute(request, passing: .fileExists) }
      guard configuration.table == nil else { return }
      // Last, because an undo could not bring them back.
      for route in main where !kept.contains(route.destination.family) && attachment.leavesMain(route) {
        try container.route.execute(route.delete.about(route.description(dev: attachment.link.name)), passing: .noSuchProcess)
      }
    }
  }

  /// The rules of all addresses. An address whose ADD was killed keeps its table: the main table may lack the routes by now.
  private func rules(_ attachment: SourceRouting) throws(DelegateError) -> [Rule] {
    let container = attachment.container
    let families = Set(attachment.ips.map(\.address.family))
    return try netlink { () throws(NetlinkError) in
      var present: [Rule] = []
      for family in families { present += try container.route.rules(family) }
      var used = Set(present.map(\.table))
      if configuration.table == nil { for family in families { used.formUnion(try container.route.tables(family)) } }
      return attachment.ips.map { ip in
        let source = CIDR(host: ip.address.address)
        let own = present.first { $0.isSourceRouting && $0.source == source }
        let table = configuration.table ?? own?.table ?? (100...).first { !used.contains($0) } ?? 100
        used.insert(table)
        return Rule(from: source, table: table, priority: Self.priority, protocol: Route.sourceRouting)
      }
    }
  }

  // MARK: - DEL

  /// Works without the namespace, the link and the previous result. Touches no file.
  static func remove(_ call: DelegateCall, _ configuration: PluginConfiguration, on node: Node) throws(DelegateError) {
    guard let container = try node.containerIfPresent(call.netns) else { return }
    let table = (try? SBRConfiguration(configuration))?.table
    let result = (try? call.previous.result()) ?? nil
    try netlink { () throws(NetlinkError) in
      let link = try container.route.link(named: call.ifName)
      let local = try container.route.addresses()
      var addresses = Set(result?.ips(of: call.ifName.text).map(\.address.address) ?? [])
      if let link { addresses.formUnion(local.filter { $0.link == link.index }.map(\.cidr.address)) }
      for family in AddressFamily.allCases {
        let rules = try container.route.rules(family)
        let ours = Set(rules.filter(\.isSourceRouting).compactMap(\.source))
        for rule in rules {
          guard let source = rule.source, source.prefixLength == family.bits, !rule.isSpecial else { continue }
          // The other rules from an address of ours are the workload's.
          let isMade = rule.isSourceRouting || !ours.contains(source) && rule.isReferences(table)
          let isAttachments = addresses.contains(source.address) && isMade
          let isOrphan = rule.isSourceRouting && !local.contains { $0.cidr.address == source.address }
          guard isAttachments || isOrphan else { continue }
          try container.route.execute(rule.delete, passing: .noSuchFileOrDirectory)
          if rule.isSourceRouting, rule.table != table, let link { try removeRoutes(rule.table, family, of: link, in: container) }
        }
      }
    }
  }

  private static func removeRoutes(
    _ table: UInt32, _ family: AddressFamily, of link: Link, in container: NodeNamespace
  ) throws(NetlinkError) {
    for route in try container.route.routes(family, table: table, link: link.index).reversed()
    where route.protocol == Route.sourceRouting {
      try container.route.execute(route.delete, passing: .noSuchProcess)
    }
  }

  // MARK: - CHECK

  func check(_ call: DelegateCall, _ previous: CNIResult, on node: Node) throws(DelegateError) {
    let attachment = try SourceRouting(call, previous, configuration, on: node)
    var found: [SBRDifference] = []
    for ip in attachment.ips { found += try differences(attachment, ip, previous, call) }
    if found.count > 1 { throw .differences(found.map { .plugin(SBRError.check($0)) }) }
    if let only = found.first { throw .plugin(SBRError.check(only)) }
  }

  private func differences(
    _ attachment: SourceRouting, _ ip: CNIResult.IP, _ previous: CNIResult, _ call: DelegateCall
  ) throws(DelegateError) -> [SBRDifference] {
    let (container, family) = (attachment.container, ip.address.family)
    let source = CIDR(host: ip.address.address)
    let rules = try netlink { () throws(NetlinkError) in try container.route.rules(family) }
    let rule = rules.first { rule in
      rule.source == source && !rule.isSpecial
        && (configuration.table.map { rule.table == $0 } ?? (rule.isSourceRouting || rule.isReferences(nil)))
    }
    guard let rule else { return [.ruleMissing(ip.address.address, table: configuration.table)] }
    guard configuration.table == nil else { return [] }
    let present = try netlink { () throws(NetlinkError) in
      try container.route.routes(family, table: rule.table, link: attachment.link.index)
    }
    // The routes of the result have left the main table.
    let own = ContainerLink(attachment.link, call.ifName, in: container)
    let moved = previous.routes.filter { [0, 254].contains($0.table ?? 254) && !$0.isDefault && $0.gw != nil }
      .map { own.route($0, attachment.ips) }
    // Other routes of the main table are the workload's.
    let kept = try attachment.mainRoutes().filter { route in
      route.gateway == nil && route.isOfKernel && !route.destination.address.isLinkLocal
    }
    let wanted = attachment.routes(of: ip, from: kept + moved, table: rule.table)
    return wanted.filter { route in
      !present.contains {
        $0.destination == route.destination && ($0.gateway == route.gateway || route.isDefault && configuration.gateways.isEmpty)
      }
    }.map { .routeMissing($0, attachment.link.name) }
  }
}

extension Rule {
  /// Whether we made it.
  fileprivate var isSourceRouting: Bool { self.protocol == Route.sourceRouting }

  /// Whether the reference plugin can have made it, with this `table`. It names no protocol, and neither do some releases of ip(8).
  fileprivate func isReferences(_ table: UInt32?) -> Bool { self.protocol == 0 && (table == nil || self.table == table) }
}

extension RouteSocket {
  /// Executes a request. A refusal with this error counts as success.
  fileprivate mutating func execute(_ request: Request, passing errno: Errno) throws(NetlinkError) {
    do { try execute(request) } catch {
      guard error.errno == errno else { throw error }
    }
  }
}
