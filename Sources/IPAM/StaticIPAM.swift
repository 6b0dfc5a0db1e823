import CNI
import NetworkTypes
import PluginModel

/// `static`: the addresses that the configuration names. It remembers nothing.
package struct StaticIPAM: Sendable {
  private let configuration: StaticConfiguration

  /// Decodes the configuration, once for all that follows.
  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    self.configuration = try StaticConfiguration(configuration)
  }

  package func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    CNIResult(ips: try ips(call.args), routes: configuration.routes, dns: configuration.dns)
  }

  /// Every configured address must be in the previous result, with its gateway.
  package func check(_ call: DelegateCall, previous: CNIResult?) throws(IPAMError) {
    guard let previous else { throw .noPrevResult }
    for ip in try ips(call.args) {
      let found = previous.ips.contains { $0.address == ip.address && (ip.gateway == nil || $0.gateway == ip.gateway) }
      guard found else { throw .checkMismatch(ip.address.address, call.ifName) }
    }
  }

  /// There is nothing to give back.
  package func delete(_ call: DelegateCall) {}

  /// There is nothing to collect.
  package func collectGarbage(valid: [Attachment]) {}

  /// It can always give what the configuration names.
  package func status() {}

  /// The addresses, with IP and GATEWAY of CNI_ARGS: IP's are added, a gateway goes to the address whose network it is in.
  private func ips(_ args: CNIArguments) throws(IPAMError) -> [CNIResult.IP] {
    do { try args.refuseUnknown(except: ["IP", "GATEWAY"]) } catch { throw .protocol(error) }
    var ips = configuration.addresses
    for text in Self.items(args["IP"]) {
      guard let address = try? CIDR(text) else {
        throw .staticAddress(text, reason: "the 'ip' field is expected to be in CIDR notation, got: '\(text)'")
      }
      ips.append(.init(address: address))
    }
    for text in Self.items(args["GATEWAY"]) {
      guard let gateway = try? IPAddress(text) else { throw .staticAddress(text, reason: "invalid gateway address: \(text)") }
      for i in ips.indices where ips[i].address.contains(gateway) { ips[i].gateway = gateway }
    }
    if configuration.isReplaced { ips = configuration.addresses }
    guard configuration.version.hasRoom(for: ips.map(\.address.family)) else { throw .severalAddresses(configuration.version) }
    return ips
  }

  /// The parts between commas, without the blanks around them.
  private static func items(_ text: String?) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map { item in
      String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
