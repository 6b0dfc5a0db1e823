import CNI
import IPAM

/// The delegates that run in this process.
package enum BuiltIn {
  /// Nil for a type that is not built in.
  package static func delegate(_ type: String) -> (any Delegate)? {
    switch type {
    case "bridge": InterfaceDelegate<BridgePlugin>()
    case "macvlan": InterfaceDelegate<MacvlanPlugin>()
    case "loopback": LoopbackDelegate()
    case "host-local": HostLocalDelegate()
    case "static": StaticDelegate()
    default: nil
    }
  }

  /// Whether an interface plugin may take its addresses from that type: not from an interface plugin of ours.
  package static func mayBeIPAM(_ type: String) -> Bool {
    switch type {
    case "host-local", "static": true
    default: delegate(type) == nil
    }
  }

  /// Throws for every mistake in a configuration that can be known without a node, the IPAM's included.
  package static func validate(_ type: String, _ configuration: PluginConfiguration) throws(DelegateError) {
    var link: LinkConfiguration?
    switch type {
    case "bridge": link = try parsing { () throws(ConfigurationError) in try BridgePlugin(configuration) }.link
    case "macvlan": link = try parsing { () throws(ConfigurationError) in try MacvlanPlugin(configuration) }.link
    case "host-local": try ipam { () throws(IPAMError) in _ = try HostLocal(configuration) }
    case "static": try ipam { () throws(IPAMError) in _ = try StaticIPAM(configuration) }
    default: break
    }
    if let type = link?.ipam { try validate(type, configuration) }
  }
}
