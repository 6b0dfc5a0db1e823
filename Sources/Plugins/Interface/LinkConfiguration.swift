import CNI
import JSON
import NetworkTypes

/// The keys that all plugins which make an interface have in common.
struct LinkConfiguration {
  /// `ipam.type`; nil for a layer 2 network (no `ipam`, or an empty one).
  let ipam: String?
  let dns: CNIResult.DNS
  /// Whether `dns` has a domain or any list, even an empty one.
  let hasDNS: Bool
  /// Nil leaves it to the kernel; 0 in the configuration says the same.
  let mtu: MTU?
  /// `args.cni.mac`.
  let conventionalMAC: MACAddress?
  /// `runtimeConfig.mac`.
  let runtimeMAC: MACAddress?

  init(_ reader: ConfigurationReader) throws(ConfigurationError) {
    ipam = try Self.ipam(reader)
    dns = try CNIResult.DNS(reader.object("dns"))
    let given = try reader.object("dns")
    hasDNS = !dns.domain.isEmpty || ["nameservers", "search", "options"].contains { given?.value($0) != nil }
    mtu = try Self.mtu(reader)
    let mac = { (text: String) throws(NetworkTypeError) in try MACAddress(text) }
    conventionalMAC = try reader.object("args")?.object("cni")?.parsed("mac", mac)
    runtimeMAC = try reader.object("runtimeConfig")?.parsed("mac", mac)
  }

  /// All that DEL needs to know: what else is wrong with the configuration must not keep it from giving back.
  static func ipam(_ reader: ConfigurationReader) throws(ConfigurationError) -> String? {
    guard let ipam = try reader.object("ipam"), let type = try ipam.string("type"), !type.isEmpty else { return nil }
    guard BuiltIn.mayBeIPAM(type) else {
      throw .invalid(ipam.path.appending("type"), reason: "\"\(type)\" is no IPAM plugin")
    }
    return type
  }

  private static func mtu(_ reader: ConfigurationReader) throws(ConfigurationError) -> MTU? {
    guard let bytes = try reader.int("mtu"), bytes != 0 else { return nil }
    do { return try MTU(bytes) } catch { throw .invalid(reader.path.appending("mtu"), reason: error.description) }
  }
}
