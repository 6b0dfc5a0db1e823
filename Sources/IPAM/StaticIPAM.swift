import CNI
import JSON
import NetworkTypes

/// `static`: the addresses that the configuration names. It remembers nothing.
package struct StaticIPAM {
  private let configuration: StaticConfiguration

  package init(_ configuration: PluginConfiguration) throws(IPAMError) {
    self.configuration = try StaticConfiguration(configuration)
  }

  package func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    CNIResult(ips: try configuration.ips(call.args), routes: configuration.routes, dns: configuration.dns)
  }

  /// Every configured address must be in the previous result, with its gateway.
  package func check(_ call: DelegateCall, previous: CNIResult?) throws(IPAMError) {
    guard let previous else { throw .noPrevResult }
    for ip in try configuration.ips(call.args) {
      let found = previous.ips.contains { $0.address == ip.address && (ip.gateway == nil || $0.gateway == ip.gateway) }
      guard found else { throw .checkMismatch(ip.address.address, call.ifName) }
    }
  }
}

/// The keys of the `static` plugin, with the reference plugin's names.
struct StaticConfiguration {
  private let addresses: [CNIResult.IP]
  /// Whether the addresses are the runtime's or of `args`, to which CNI_ARGS adds nothing.
  private let isReplaced: Bool
  private let version: SpecVersion
  let routes: [CNIResult.Route]
  let dns: CNIResult.DNS

  /// `runtimeConfig.ips` stands instead of `args.cni.ips`, and that instead of `addresses`; empty lists count as absent.
  init(_ configuration: PluginConfiguration) throws(IPAMError) {
    let reader = configuration.reader
    version = configuration.cniVersion
    do throws(ConfigurationError) {
      guard let ipam = try reader.object("ipam") else { throw .missing(.init("ipam")) }
      var routes: [CNIResult.Route] = []
      for entry in try ipam.objects("routes") ?? [] { routes.append(try CNIResult.Route(entry)) }
      self.routes = routes
      dns = try CNIResult.DNS(ipam.object("dns"))
      var configured: [CNIResult.IP] = []
      for entry in try ipam.objects("addresses") ?? [] { configured.append(try Self.ip(entry)) }
      let runtime = try Self.ips(reader.object("runtimeConfig"))
      let conventional = try Self.ips(reader.object("args")?.object("cni"))
      isReplaced = !runtime.isEmpty || !conventional.isEmpty
      addresses = !runtime.isEmpty ? runtime : isReplaced ? conventional : configured
    } catch { throw .configuration(error) }
  }

  private static func ip(_ entry: ConfigurationReader) throws(ConfigurationError) -> CNIResult.IP {
    let text = try entry.string("address") ?? ""
    guard let address = try? CIDR(text) else {
      throw .invalid(
        entry.path.appending("address"), reason: "the 'address' field is expected to be in CIDR notation, got: '\(text)'")
    }
    return .init(
      address: address, gateway: try entry.parsed("gateway") { (text) throws(NetworkTypeError) in try IPAddress(text) })
  }

  private static func ips(_ holder: ConfigurationReader?) throws(ConfigurationError) -> [CNIResult.IP] {
    guard let holder else { return [] }
    var ips: [CNIResult.IP] = []
    for (i, text) in (try holder.strings("ips") ?? []).enumerated() {
      guard let address = try? CIDR(text) else {
        throw .invalid(
          holder.path.appending("ips").appending(i),
          reason: "an entry in the 'ips' field is NOT in CIDR notation, got: '\(text)'")
      }
      ips.append(.init(address: address))
    }
    return ips
  }

  /// The addresses, with IP and GATEWAY of CNI_ARGS: IP's are added, a gateway goes to the address whose network it is in.
  func ips(_ args: CNIArguments) throws(IPAMError) -> [CNIResult.IP] {
    do { try args.refuseUnknown(except: ["IP", "GATEWAY"]) } catch { throw .protocol(error) }
    var ips = addresses
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
    if isReplaced { ips = addresses }
    try version.refuseSeveral(ips.map(\.address.family))
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
