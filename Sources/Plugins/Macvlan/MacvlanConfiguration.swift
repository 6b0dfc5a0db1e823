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
  /// Must not be larger than the master's. Nil takes the master's; 0 in the configuration says the same.
  let mtu: MTU?

  package init(_ configuration: PluginConfiguration) throws(ConfigurationError) {
    let reader = configuration.reader
    link = try LinkConfiguration(reader)
    mtu = link.mtu
    master = try reader.parsed("master") { (text) throws(NetworkTypeError) in try InterfaceName(text) }
    mac = try reader.parsed("mac") { (text) throws(NetworkTypeError) in try MACAddress(text) }
    linkInContainer = try reader.bool("linkInContainer") ?? false
    broadcastQueueLength = try Self.queueLength(reader)
    mode = try Self.mode(reader)
  }

  private static func queueLength(_ reader: ConfigurationReader) throws(ConfigurationError) -> UInt32? {
    guard let length = try reader.int("bcqueuelen"), length != 0 else { return nil }
    guard let packets = UInt32(exactly: length) else {
      throw .invalid(reader.path.appending("bcqueuelen"), reason: "must be from 0 to \(UInt32.max)")
    }
    return packets
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
