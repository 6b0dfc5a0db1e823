import CNI
import NetworkTypes
import PluginModel

/// The frame of the plugins that make an interface: IPAM first, undo in every outcome, CHECK's order, GC and STATUS through the IPAM.
struct InterfaceDelegate<Plugin: InterfacePlugin>: Delegate {
  let traits = DelegateTraits(makesInterface: true)

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    let plugin: Plugin?
    let type: String?
    switch purpose {
    case .use:
      let complete = try parsing { () throws(ConfigurationError) in try Plugin(configuration) }
      (plugin, type) = (complete, complete.link.ipam)
    case .removal:
      type = try parsing { () throws(ConfigurationError) in
        try Plugin.checkForRemoval(configuration)
        return try LinkConfiguration.ipam(configuration.reader)
      }
      plugin = try? Plugin(configuration)
    }
    var ipam: InterfaceIPAM?
    if let type { ipam = try InterfaceIPAM(type, configuration, for: purpose, on: node, path: path) }
    return PreparedInterface(plugin: plugin, ipam: ipam)
  }
}

/// An interface plugin with its configuration.
private struct PreparedInterface<Plugin: InterfacePlugin>: PreparedDelegate {
  /// Nil for the removal of an attachment whose configuration is not all right.
  let plugin: Plugin?
  /// Nil for a layer 2 network.
  let ipam: InterfaceIPAM?

  // MARK: - ADD

  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    let plugin = wholePlugin
    let mac = try plugin.mac(of: call)
    let site = InterfaceSite(call: call, host: node.host, container: try node.container(call.netns), mac: mac)
    let ground = try plugin.survey(site.host, site.container)
    try plugin.checkGround(ground)
    let addresses = try ipam?.add(call, on: node) ?? CNIResult()
    do throws(DelegateError) {
      return try make(plugin, site, ground, addresses)
    } catch {
      var left: [DelegateError] = []
      collect(&left) { () throws(DelegateError) in try plugin.leaveNode(call, node.host) }
      collect(&left) { () throws(DelegateError) in try ipam?.delete(call, on: node) }
      throw error.leaving(left)
    }
  }

  private func make(
    _ plugin: Plugin, _ site: InterfaceSite, _ ground: Plugin.Ground, _ addresses: CNIResult
  ) throws(DelegateError) -> CNIResult {
    let links = try plugin.makeLinks(site, ground)
    do throws(DelegateError) {
      var result = addresses
      try plugin.furnish(links, site, &result)
      return result
    } catch {
      var left: [DelegateError] = []
      collect(&left) { () throws(DelegateError) in try plugin.removeLinks(links, site) }
      throw error.leaving(left)
    }
  }

  private func collect(_ errors: inout [DelegateError], _ body: () throws(DelegateError) -> Void) {
    do { try body() } catch { errors.append(error) }
  }

  /// Only a delegate that was prepared for removal may lack it, and that one is asked to delete alone.
  private var wholePlugin: Plugin {
    guard let plugin else { preconditionFailure("prepared for removal") }
    return plugin
  }

  // MARK: - DEL

  /// The link goes first: nobody else may get its addresses while it still has them.
  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    if let container = try node.containerIfPresent(call.netns) { try container.deleteLink(call.ifName) }
    try ipam?.delete(call, on: node)
    try plugin?.leaveNode(call, node.host)
  }

  // MARK: - CHECK, GC, STATUS

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let plugin = wholePlugin
    let container = try node.container(call.netns)
    let ground = try plugin.survey(node.host, container)
    var check = InterfaceCheck(call, host: node.host, container: container)
    check.attempt { () throws(DelegateError) in try ipam?.check(call, on: node) }
    do throws(DelegateError) { try check.run(plugin, ground) } catch { check.report(error) }
    try check.end()
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    try ipam?.collectGarbage(keeping: valid, on: node, path: path)
  }

  func status(on node: Node, path: [String]) throws(DelegateError) {
    try plugin?.checkNode(node)
    try ipam?.status(on: node, path: path)
  }
}

extension InterfacePlugin {
  /// The hardware address that the call asks for. Throws for CNI_ARGS that nobody takes, if the plugin reads them.
  fileprivate func mac(of call: DelegateCall) throws(DelegateError) -> MACAddress? {
    var found: MACAddress?
    for source in macSources {
      let mac: MACAddress?
      switch source {
      case .runtime: mac = link.runtimeMAC
      case .conventional: mac = link.conventionalMAC
      // Read in any case: CNI_ARGS that nobody takes are an error.
      case .arguments: mac = try speaking { () throws(ProtocolError) in try call.args.macAddress() }
      case .configuration(let given): mac = given
      }
      found = found ?? mac
    }
    return found
  }
}

extension CNIArguments {
  /// The MAC of CNI_ARGS, the only key that interface plugins take. Throws for other keys unless IgnoreUnknown is set.
  fileprivate func macAddress() throws(ProtocolError) -> MACAddress? {
    // IP and GATEWAY are for the IPAM plugin, which gets the same CNI_ARGS.
    try refuseUnknown(except: ["MAC"])
    guard let text = self["MAC"], !text.isEmpty else { return nil }
    do { return try MACAddress(text) } catch { throw .argument("MAC", value: text, reason: error.description) }
  }
}
