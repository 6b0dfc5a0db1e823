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
    return PreparedInterface(plugin: plugin, ipam: ipam, network: configuration.name.text)
  }
}

/// An interface plugin with its configuration.
private struct PreparedInterface<Plugin: InterfacePlugin>: PreparedDelegate {
  /// Nil for a removal if parts of the configuration are invalid.
  let plugin: Plugin?
  /// Nil for a layer 2 network.
  let ipam: InterfaceIPAM?
  let network: String

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
      return try make(plugin, site, ground, addresses, node)
    } catch {
      var left: [DelegateError] = []
      collect(&left) { () throws(DelegateError) in try plugin.leaveNode(call, node.host) }
      collect(&left) { () throws(DelegateError) in try ipam?.delete(call, on: node) }
      throw error.leaving(left)
    }
  }

  private func make(
    _ plugin: Plugin, _ site: InterfaceSite, _ ground: Plugin.Ground, _ addresses: CNIResult, _ node: Node
  ) throws(DelegateError) -> CNIResult {
    let links = try plugin.makeLinks(site, ground)
    do throws(DelegateError) {
      var result = addresses
      try plugin.configureLinks(links, site, &result)
      let keys = plugin.link.masquerade
      if keys.isOn { try Masquerade(keys, site.call, network: network, on: node).add(result, site.call) }
      return result
    } catch {
      // The masquerading came last, and happens as a whole or not at all.
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
    // No step that refuses must keep the others from being done: an empty bridge would stay, or a reservation.
    var left: [DelegateError] = []
    collect(&left) { () throws(DelegateError) in try endMasquerade(call, on: node) }
    collect(&left) { () throws(DelegateError) in try ipam?.delete(call, on: node) }
    collect(&left) { () throws(DelegateError) in try plugin?.leaveNode(call, node.host) }
    if let first = left.first { throw first.leaving(Array(left.dropFirst())) }
  }

  /// If the configuration cannot be read, nobody knows whether the attachment was masqueraded.
  private func endMasquerade(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    guard plugin?.link.masquerade.isOn != false else { return }
    do throws(DelegateError) {
      let previous = (try? call.previous.result()) ?? nil
      if let plugin, let previous {
        try Masquerade(plugin.link.masquerade, call, network: network, on: node).delete(
          previous, call, network: network, on: node)
      } else {
        try Masquerade.delete(call, network: network, on: node)
      }
    } catch {
      // A kernel without nf_tables has nothing of ours.
      guard case .plugin(RulesetError.noNFTables) = error else { throw error }
    }
  }

  // MARK: - CHECK, GC, STATUS

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let plugin = wholePlugin
    let container = try node.container(call.netns)
    let ground = try plugin.surveyAgain(node.host, container)
    var check = InterfaceCheck(call, host: node.host, container: container)
    check.attempt { () throws(DelegateError) in try ipam?.check(call, on: node) }
    do throws(DelegateError) { try check.run(plugin, ground) } catch { check.report(error) }
    let keys = plugin.link.masquerade
    if keys.isOn {
      let previous = check.previous
      check.attempt { () throws(DelegateError) in
        try Masquerade(keys, call, network: network, on: node).check(previous, call)
      }
    }
    try check.end()
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    let refusal: DelegateError?
    do { try ipam?.collectGarbage(keeping: valid, on: node, path: path); refusal = nil } catch { refusal = error }
    if plugin?.link.masquerade.isOn == true {
      do { try Masquerade.collectGarbage(keeping: valid, network: network, on: node) } catch {
        throw refusal?.leaving([error]) ?? error
      }
    }
    if let refusal { throw refusal }
  }

  func status(on node: Node, path: [String]) throws(DelegateError) {
    try plugin?.checkNode(node, (try? ipam?.review(PlannedCall())) ?? [])
    if plugin?.link.masquerade.isOn == true { try Ruleset(host: node.host).checkKernel() }
    try ipam?.status(on: node, path: path)
  }

  func remarks(on node: Node) throws(DelegateError) -> [String] {
    let ruleset = plugin?.link.masquerade.isOn == true ? try Ruleset(host: node.host).remarks() : []
    return try ruleset + (ipam?.remarks(on: node) ?? [])
  }

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
