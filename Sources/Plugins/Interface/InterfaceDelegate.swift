import CNI
import NetworkTypes
import PluginModel

/// The common frame of all plugins that make an interface. It runs the IPAM plugin first, undoes every failure, orders CHECK, and
/// passes GC and STATUS to the IPAM plugin.
struct InterfaceDelegate<Plugin: InterfacePlugin>: Delegate {
  let traits = DelegateTraits(makesInterface: true)

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    let plugin: Plugin?
    let type: String?
    switch purpose {
    case .use:
      let complete = try readingConfiguration { () throws(ConfigurationError) in try Plugin(configuration) }
      (plugin, type) = (complete, complete.link.ipam)
    case .removal:
      type = try readingConfiguration { () throws(ConfigurationError) in
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
  /// Nil for a removal if parts of the configuration are invalid.
  let plugin: Plugin?
  /// Nil for a layer 2 network.
  let ipam: InterfaceIPAM?

  // MARK: - ADD

  func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? {
    let configuration = wholePlugin.configuration
    do throws(PluginConfigurationError) { try configuration.reviewArguments(call) } catch { throw .configuration(error) }
    let results = ipam == nil ? [ForeseenResult()] : try ipam?.review(call)
    do throws(PluginConfigurationError) { try configuration.review(results, call) } catch { throw .configuration(error) }
    return nil
  }

  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    let plugin = wholePlugin
    let mac = try plugin.mac(call.args)
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
      try plugin.configureLinks(links, site, &result)
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

  /// Only a delegate that was prepared for removal may lack the plugin, and only its `delete` is called.
  private var wholePlugin: Plugin {
    guard let plugin else { preconditionFailure("prepared for removal") }
    return plugin
  }

  // MARK: - DEL

  /// Deletes the links first: no other Pod may get their addresses while a link still has them, or a route leads there.
  ///
  /// The plugin finds them by what it knows of them. The workload may have given their names to other links, or theirs to it.
  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try Plugin.deleteLinks(call, on: node)
    // An IPAM plugin that refuses must not leave an empty bridge behind.
    let refusal: DelegateError?
    do { try ipam?.delete(call, on: node); refusal = nil } catch { refusal = error }
    do { try plugin?.leaveNode(call, node.host) } catch { throw refusal?.leaving([error]) ?? error }
    if let refusal { throw refusal }
  }

  // MARK: - CHECK, GC, STATUS

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let plugin = wholePlugin
    let container = try node.container(call.netns)
    let ground = try plugin.surveyAgain(node.host, container)
    var check = InterfaceCheck(call, host: node.host, container: container)
    check.attempt { () throws(DelegateError) in try ipam?.check(call, on: node) }
    do throws(DelegateError) { try check.run(plugin, ground) } catch { check.report(error) }
    try check.end()
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    try ipam?.collectGarbage(keeping: valid, on: node, path: path)
  }

  func status(on node: Node, path: [String]) throws(DelegateError) {
    try plugin?.checkNode(node, (try? ipam?.review(PlannedCall())) ?? [])
    try ipam?.status(on: node, path: path)
  }

  func remarks(on node: Node) throws(DelegateError) -> [String] { try ipam?.remarks(on: node) ?? [] }

  // MARK: - A lost record

  func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError) {
    let refusal: DelegateError?
    do { try ipam?.release(call, keeping: interfaces, on: node); refusal = nil } catch { refusal = error }
    do { try plugin?.leaveNode(call, node.host) } catch { throw refusal?.leaving([error]) ?? error }
    if let refusal { throw refusal }
  }
}

extension InterfacePlugin {
  /// The requested hardware address. If the plugin reads CNI_ARGS, unknown keys there throw.
  fileprivate func mac(_ arguments: CNIArguments) throws(DelegateError) -> MACAddress? {
    var found: MACAddress?
    for source in macSources {
      let mac: MACAddress?
      switch source {
      case .runtime: mac = link.runtimeMAC
      case .conventional: mac = link.conventionalMAC
      // Read CNI_ARGS even if an earlier source has an address, because unknown keys are an error.
      case .arguments: mac = try checkingCall { () throws(ProtocolError) in try arguments.macAddress() }
      case .configuration(let given): mac = given
      }
      found = found ?? mac
    }
    return found
  }
}
