import CNI
import JSON
import Netlink
import NetworkTypes
import PluginModel
import System

/// `tuning`: settings of the container's interface, and sysctls of the container's namespace.
struct TuningPlugin: ChainedPlugin {
  static let traits = DelegateTraits()
  static let noPreviousResult = (add: "Required prevResult missing", check: "Required prevResult missing")

  let configuration: TuningConfiguration
  private let network: NetworkName

  init(_ keys: TuningConfiguration, _ configuration: PluginConfiguration) {
    (self.configuration, network) = (keys, configuration.name)
  }

  /// The sysctls come last, because the kernel sets some of them anew when the MTU changes.
  func add(_ call: DelegateCall, _ result: inout CNIResult, on node: Node) throws(DelegateError) {
    let wanted = try checkingCall { () throws(ProtocolError) in try configuration.link(call.args) }
    try checkAllowed()
    if let mtu = wanted.mtu, mtu.bytes < 1280, let ipv6 = result.ips(of: call.ifName.text).first(where: \.isIPv6) {
      throw .configuration(.attachment(.mtuBelowIPv6(mtu, ipv6.address)))
    }
    let container = try node.container(call.netns)
    let link = try link(call, in: container)
    if !wanted.isEmpty {
      let backup = TuningBackup(call, in: configuration.dataDirectory)
      try backup.save(LinkSettings(link, of: wanted), of: network)
      try netlink { () throws(NetlinkError) in try container.route.execute(wanted.changes(of: link)) }
    }
    try ContainerSysctls(configuration.sysctls, call.ifName, in: container).set(from: node.host)
    result.note(wanted, of: call.ifName)
  }

  /// Restores the link's settings, if the link is still there, and forgets them.
  ///
  /// A setting that the kernel refuses to restore must not keep the container from being removed.
  static func remove(_ call: DelegateCall, _ configuration: PluginConfiguration, on node: Node) throws(DelegateError) {
    let backup = TuningBackup(call, in: TuningConfiguration.dataDirectory(configuration.reader))
    guard let former = try backup.read() else { return }
    if !call.options.hasDeletedLink, let container = try node.containerIfPresent(call.netns) {
      let link = try netlink { () throws(NetlinkError) in try container.route.link(named: call.ifName) }
      if let link { for change in former.changes(of: link) { try? container.route.execute(change) } }
    }
    try backup.remove()
  }

  func check(_ call: DelegateCall, _ previous: CNIResult, on node: Node) throws(DelegateError) {
    let wanted = try checkingCall { () throws(ProtocolError) in try configuration.link(call.args) }
    let container = try node.container(call.netns)
    let link = try link(call, in: container)
    var found = wanted.differences(from: link)
    found += try ContainerSysctls(configuration.sysctls, call.ifName, in: container).differences(from: node.host)
    if found.count > 1 { throw .differences(found.map { .plugin(TuningError.check($0)) }) }
    if let only = found.first { throw .plugin(TuningError.check(only)) }
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node) throws(DelegateError) {
    try TuningBackup.collectGarbage(in: configuration.dataDirectory, of: network, keeping: valid)
  }

  func checkNode(_ node: Node) throws(DelegateError) { try checkAllowed() }

  private func checkAllowed() throws(DelegateError) {
    let keys = configuration.sysctls.all.map(\.key.text)
    guard !keys.isEmpty, let allowlist = try SysctlAllowlist(SysctlAllowlist.path) else { return }
    try allowlist.check(keys)
  }

  private func link(_ call: DelegateCall, in container: NodeNamespace) throws(DelegateError) -> Link {
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      throw .plugin(TuningError.linkMissing(call.ifName.text))
    }
    return link
  }
}

extension CNIResult.IP {
  fileprivate var isIPv6: Bool { address.family == .ipv6 }
}

extension CNIResult {
  /// Notes the changes of the container's interface, as far as the result tells about them.
  fileprivate mutating func note(_ settings: LinkSettings, of name: InterfaceName) {
    for i in interfaces.indices where interfaces[i].name == name.text && !interfaces[i].sandbox.isEmpty {
      if let mac = settings.mac { interfaces[i].mac = mac.description }
      if let mtu = settings.mtu, interfaces[i].mtu != nil { interfaces[i].mtu = Int(mtu.bytes) }
    }
  }
}
