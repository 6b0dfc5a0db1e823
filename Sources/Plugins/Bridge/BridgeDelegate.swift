import CNI

/// `bridge`: a veth pair between the container and a bridge of the node.
package struct BridgeDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    let parsed = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(configuration) }
    try IPAMDelegation.validate(parsed.link, configuration)
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    let configuration = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(call.configuration) }
    let mac = try speaking { () throws(ProtocolError) in try call.args.macAddress() }
    let container = try node.container(call.netns)
    let ipam = IPAMDelegation(configuration.link, call, node)
    let addresses = try ipam?.add() ?? CNIResult()
    do throws(DelegateError) {
      let attachment = BridgeAttachment(configuration: configuration, call: call, host: node.host, container: container)
      return try attachment.make(
        addresses, mac: configuration.link.runtimeMAC ?? configuration.link.conventionalMAC ?? mac)
    } catch {
      try? ipam?.delete()
      throw error
    }
  }

  /// The link goes first: its addresses must not be another's while it still has them.
  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let ipam = try parsing { () throws(ConfigurationError) in
      _ = try BridgeVLANConfiguration(call.configuration.reader)
      return try LinkConfiguration.ipam(call.configuration.reader)
    }
    if let container = try node.containerIfPresent(call.netns) { try container.deleteLink(call.ifName) }
    try IPAMDelegation(type: ipam, call, node)?.delete()
    guard let configuration = try? BridgeConfiguration(call.configuration) else { return }
    try HostBridge(configuration: configuration, host: node.host).reclaim(lock: call.options.bridgeLock)
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    let configuration = try parsing { () throws(ConfigurationError) in try BridgeConfiguration(call.configuration) }
    let container = try node.container(call.netns)
    var check = BridgeCheck(configuration, call, host: node.host, container: container)
    check.found.attempt { () throws(DelegateError) in try IPAMDelegation(configuration.link, call, node)?.check() }
    do { try check.run() } catch { check.found.append(error) }
    try check.found.end()
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {
    let link = try parsing { () throws(ConfigurationError) in try LinkConfiguration(configuration.reader) }
    guard let type = link.ipam else { return }
    try node.delegate(type, path: path).collectGarbage(configuration, path: path, valid: valid, on: node)
  }

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {
    let link = try parsing { () throws(ConfigurationError) in try LinkConfiguration(configuration.reader) }
    guard let type = link.ipam else { return }
    try node.delegate(type, path: path).status(configuration, path: path, on: node)
  }
}
