import CNI
import NetworkTypes

/// The configuration of a plugin that makes an interface.
package protocol InterfaceConfiguration: KeyedConfiguration {
  var link: LinkConfiguration { get }
  /// Whether the plugin reads MAC of CNI_ARGS.
  static var readsMACArgument: Bool { get }
  /// Whether the plugin gives the interface routes to the gateways of its addresses.
  static var routesToGateways: Bool { get }

  /// The IPAM plugin's result with the plugin's own gateways and default routes, which it only adds for these families.
  func completed(_ addresses: CNIResult, defaultRoutes: [AddressFamily], _ bounds: NodeBounds?) -> CNIResult

  /// Throws if the plugin cannot work with a result that it has completed, or must not because of the bounds.
  func check(_ addresses: CNIResult, _ bounds: NodeBounds?) throws(AttachmentProblem)
}

extension InterfaceConfiguration {
  package static var readsMACArgument: Bool { true }
  package static var routesToGateways: Bool { false }
  package func completed(_ addresses: CNIResult, defaultRoutes: [AddressFamily], _ bounds: NodeBounds?) -> CNIResult {
    addresses
  }
  package func check(_ addresses: CNIResult, _ bounds: NodeBounds?) throws(AttachmentProblem) {}

  /// Reads the plugin's keys, and lets its IPAM plugin validate its own if it is a built-in one.
  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    _ = try validated(configuration)
  }

  private static func validated(_ configuration: PluginConfiguration) throws(PluginConfigurationError) -> Self {
    let parsed: Self
    do { parsed = try Self(configuration) } catch { throw .configuration(error) }
    if let ipam = parsed.link.ipam { try Plugin.named(ipam)?.validate?(configuration) }
    return parsed
  }

  /// `validate`, and the checks of a whole attachment.
  static func review(
    _ configuration: PluginConfiguration, _ call: PlannedCall
  ) throws(PluginConfigurationError) -> [ForeseenResult]? {
    let parsed = try validated(configuration)
    try parsed.reviewArguments(call)
    guard let ipam = parsed.link.ipam else {
      try parsed.review([ForeseenResult()], call)
      return nil
    }
    try parsed.review(try Plugin.named(ipam)?.review?(configuration, call), call)
    return nil
  }

  /// Throws if the plugin cannot use CNI_ARGS.
  package func reviewArguments(_ call: PlannedCall) throws(PluginConfigurationError) {
    guard Self.readsMACArgument else { return }
    do { _ = try call.args.macAddress() } catch { throw .protocol(error) }
  }

  /// Throws if the interface cannot be configured with any of the results that the IPAM plugin may give. Nil if they are unknown.
  package func review(_ results: [ForeseenResult]?, _ call: PlannedCall) throws(PluginConfigurationError) {
    var first: AttachmentProblem?
    for result in results ?? [] {
      do throws(AttachmentProblem) { return try review(result, call) } catch { first = first ?? error }
    }
    if let first { throw .attachment(first) }
  }

  private func review(_ foreseen: ForeseenResult, _ call: PlannedCall) throws(AttachmentProblem) {
    let ips = foreseen.result.ips
    if ips.isEmpty, let ipam = link.ipam {
      if call.mayGetAddresses { return }
      throw .noAddress(ipam: ipam)
    }
    try foreseen.checkAddresses()
    if let mtu = link.mtu, mtu.bytes < 1280, let ipv6 = foreseen.needOfIPv6(call) { throw .mtuBelowIPv6(mtu, ipv6) }
    var whole = foreseen
    whole.result = completed(foreseen.result, defaultRoutes: call.defaultRoutes, call.nodeBounds)
    try check(whole.result, call.nodeBounds)
    try whole.checkRoutes(call, own: foreseen.result.routes.count, routesToGateways: Self.routesToGateways)
  }
}
