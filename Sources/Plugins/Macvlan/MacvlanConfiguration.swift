import CNI
import JSON
import Netlink
import NetworkTypes

/// The keys of the `macvlan` plugin, with the reference plugin's names and defaults.
package struct MacvlanConfiguration {
  let link: LinkConfiguration
  /// Nil: the interface of the default route.
  let master: InterfaceName?
  /// Default bridge.
  let mode: Macvlan.Mode
  /// `mac` of the configuration itself.
  let mac: MACAddress?
  /// The master is a link of the container.
  let linkInContainer: Bool
  let broadcastQueueLength: UInt32?
  /// In bytes; checked against the master's.
  let mtu: Int?

  package init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    let reader = configuration.reader
    mtu = try reader.int("mtu").flatMap { $0 == 0 ? nil : $0 }
    if let mtu, mtu < 0 || mtu > 65535 { throw .invalid(.init("mtu"), reason: "invalid MTU \(mtu), must be [0, 65535]") }
    link = try LinkConfiguration(reader, readsMTU: false)
    master = try reader.parsed("master") { (text) throws(NetworkTypeError) in try InterfaceName(text) }
    mac = try reader.parsed("mac") { (text) throws(NetworkTypeError) in try MACAddress(text) }
    linkInContainer = try reader.bool("linkInContainer") ?? false
    broadcastQueueLength = try reader.int("bcqueuelen").flatMap { $0 == 0 ? nil : UInt32(exactly: $0) }
    mode = try Self.mode(reader)
  }

  private static func mode(_ reader: ConfigurationReader) throws(ConfigurationError) -> Macvlan.Mode {
    switch try reader.string("mode") ?? "" {
    case "", "bridge": return .bridge
    case "private": return .private
    case "vepa": return .vepa
    case "passthru": return .passthru
    case let other: throw .invalid(reader.path.appending("mode"), reason: "unknown macvlan mode: \"\(other)\"")
    }
  }
}
