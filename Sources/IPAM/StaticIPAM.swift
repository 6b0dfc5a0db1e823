import CNI
import JSON
import NetworkTypes

/// `static`: the addresses that the configuration names. It remembers nothing.
package enum StaticIPAM {
  package static func validate(_ configuration: PluginConfiguration) throws(IPAMError) {
    _ = try StaticConfiguration(configuration)
  }

  package static func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    let configuration = try StaticConfiguration(call.configuration)
    return CNIResult(ips: try configuration.ips(call.args), routes: configuration.routes, dns: configuration.dns)
  }

  package static func delete(_ call: DelegateCall) throws(IPAMError) { try validate(call.configuration) }

  /// Every configured address must be in prevResult.
  package static func check(_ call: DelegateCall) throws(IPAMError) {
    let configuration = try StaticConfiguration(call.configuration)
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .protocol(.result(error)) }
    guard let previous else { throw .noPrevResult }
    for ip in try configuration.ips(call.args) where !previous.ips.contains(where: { $0.address == ip.address }) {
      throw .checkMismatch(ip.address)
    }
  }
}

/// The keys of the `static` plugin, with the reference plugin's names.
struct StaticConfiguration {
  let addresses: [CNIResult.IP]
  let routes: [CNIResult.Route]
  let dns: CNIResult.DNS

  /// `runtimeConfig.ips` stands instead of `args.cni.ips`, and that instead of `addresses`.
  init(_ configuration: PluginConfiguration) throws(IPAMError) {
    let reader = configuration.reader
    do throws(ConfigurationError) {
      guard let ipam = try reader.object("ipam") else { throw .missing(.init("ipam")) }
      var routes: [CNIResult.Route] = []
      for entry in try ipam.objects("routes") ?? [] { routes.append(try CNIResult.Route(entry)) }
      self.routes = routes
      dns = try CNIResult.DNS(ipam.object("dns"))
      var configured: [CNIResult.IP] = []
      for entry in try ipam.objects("addresses") ?? [] { configured.append(try Self.ip(entry)) }
      var replaced = try reader.object("runtimeConfig")?.strings("ips")
      if replaced == nil { replaced = try reader.object("args")?.object("cni")?.strings("ips") }
      if let replaced { addresses = try Self.ips(replaced) } else { addresses = configured }
    } catch { throw .configuration(error) }
  }

  private static func ip(_ entry: ConfigurationReader) throws(ConfigurationError) -> CNIResult.IP {
    let address = try entry.required("address") { (text) throws(NetworkTypeError) in try CIDR(text) }
    return .init(
      address: address, gateway: try entry.parsed("gateway") { (text) throws(NetworkTypeError) in try IPAddress(text) })
  }

  private static func ips(_ texts: [String]) throws(ConfigurationError) -> [CNIResult.IP] {
    var ips: [CNIResult.IP] = []
    for (i, text) in texts.enumerated() {
      do { ips.append(.init(address: try CIDR(text))) } catch {
        throw .invalid(.init([.key("ips"), .index(i)]), reason: error.description)
      }
    }
    return ips
  }

  /// The addresses, with IP and GATEWAY of CNI_ARGS: IP's are added, a gateway goes to the address whose network it is in.
  func ips(_ args: CNIArguments) throws(IPAMError) -> [CNIResult.IP] {
    do { try args.refuseUnknown(except: ["IP", "SUBNET", "GATEWAY"]) } catch { throw .protocol(error) }
    var ips = addresses
    for text in args["IP"]?.split(separator: ",") ?? [] {
      do { ips.append(.init(address: try CIDR(text))) } catch {
        throw .staticAddress(String(text), reason: "the 'ip' field is expected to be in CIDR notation, got: '\(text)'")
      }
    }
    for text in args["GATEWAY"]?.split(separator: ",") ?? [] {
      guard let gateway = try? IPAddress(text) else {
        throw .staticAddress(String(text), reason: "Invalid gateway address: \(text)")
      }
      for i in ips.indices where ips[i].address.contains(gateway) { ips[i].gateway = gateway }
    }
    return ips
  }
}
