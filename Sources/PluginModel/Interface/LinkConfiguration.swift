import CNI
import NetworkTypes

/// The keys that every plugin which makes an interface has.
package struct LinkConfiguration: ConfigurationPart {
  /// `ipam.type`; nil for a layer 2 network (no `ipam`, or an empty one).
  package private(set) var ipam: String?
  package private(set) var dns = CNIResult.DNS()
  /// Whether `dns` has a domain or any list, even an empty one.
  package private(set) var hasDNS = false
  /// Nil leaves it to the kernel. The configuration may also write that as 0.
  package internal(set) var mtu: MTU?
  /// `args.cni.mac`.
  package private(set) var conventionalMAC: MACAddress?
  /// `runtimeConfig.mac`.
  package private(set) var runtimeMAC: MACAddress?
  /// Off for a plugin without these keys.
  package private(set) var masquerade = MasqueradeConfiguration()

  package init() {}

  package static let fields = [Field(CommonKeys.mtu) { $0.mtu = $1 }] + addressing

  /// All keys but `mtu`, which the plugins list among their own.
  static let addressing: [Field<LinkConfiguration>] =
    addresses() + [
      Field(CommonKeys.arguments) { $0.conventionalMAC = $1.cni.mac },
      .ofRuntime("runtimeConfig", .part(InterfaceRuntimeConfiguration.self)) { $0.runtimeMAC = $1.mac },
    ]

  /// The keys of a plugin for whose Pods the node routes.
  static let masquerading: [Field<LinkConfiguration>] = MasqueradeConfiguration.fields.map { field in
    field.inside { (link, read) throws(ConfigurationError) in try read(&link.masquerade) }
  }

  /// The keys of a plugin whose interface has no hardware address to choose.
  static func addresses(ipam need: Need = .optional) -> [Field<LinkConfiguration>] {
    [
      Field(CommonKeys.ipam.needed(need)) { $0.ipam = $1.type },
      Field(CommonKeys.dns) { ($0.dns, $0.hasDNS) = ($1.dns, $1.isGiven) },
    ]
  }

  /// The IPAM plugin's type, read alone. DEL uses it: an error in another key must not keep DEL from releasing the addresses.
  package static func ipam(_ reader: ConfigurationReader) throws(ConfigurationError) -> String? {
    // Without a type there is nothing to release, whatever the other keys are.
    try reader.object("ipam").map { (ipam) throws(ConfigurationError) in try IPAMReference(ipam) }?.type
  }
}
