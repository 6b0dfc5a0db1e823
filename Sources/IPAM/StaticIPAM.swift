import CNI
import NetworkTypes
import PluginModel

/// `static`: the addresses that the configuration names. It keeps no reservations.
package struct StaticIPAM: Sendable {
  private let configuration: StaticConfiguration

  /// Decodes the configuration once, for all operations.
  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    self.configuration = try StaticConfiguration(configuration)
  }

  /// The addresses that the configuration names. CNI_ARGS may add others.
  package var fixed: [CNIResult.IP] { configuration.addresses }

  /// Throws if the addresses that CNI_ARGS request cannot be read.
  package func validate(_ arguments: CNIArguments) throws(IPAMError) { _ = try ips(arguments) }

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

  /// Does nothing: there are no reservations.
  package func delete(_ call: DelegateCall) {}

  /// Does nothing: there are no reservations.
  package func collectGarbage(valid: [Attachment]) {}

  /// Does nothing: the configured addresses can always be given.
  package func status() {}

  /// The configured addresses together with CNI_ARGS. IP adds addresses. Each address of GATEWAY becomes the gateway of the
  /// addresses whose network contains it.
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

  /// The comma-separated parts of a text, without the blanks around them.
  private static func items(_ text: String?) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map { item in
      String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }
}
