import CNI
import Netlink
import NetworkTypes
import PluginModel

/// A plugin that makes an interface in the container: what is particular to it. `InterfaceDelegate` does what all have in common.
protocol InterfacePlugin: Sendable {
  /// What it must find on the node before anything is made, such as a master.
  associatedtype Ground
  /// The links that it made.
  associatedtype Links

  /// Reads and checks the plugin's own keys.
  init(_ configuration: PluginConfiguration) throws(ConfigurationError)

  /// Checks those keys that DEL cannot do without.
  static func checkForRemoval(_ configuration: PluginConfiguration) throws(ConfigurationError)

  /// The keys that all such plugins have.
  var link: LinkConfiguration { get }
  /// Where the interface's hardware address comes from: the first source that has one wins.
  var macSources: [MACSource] { get }
  /// Whether the interface gets addresses and routes.
  var isConfigured: Bool { get }

  /// Looks for what it stands on. Throws before anything is made.
  func survey(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground

  /// ADD: throws where the interface cannot be made there.
  func checkGround(_ ground: Ground) throws(DelegateError)

  /// Makes the links. On failure none is left that was not there before.
  func makeLinks(_ site: InterfaceSite, _ ground: Ground) throws(DelegateError) -> Links

  /// Gives the links everything that the configuration and the IPAM say, and completes the result: its interfaces, and the
  /// gateways and routes that the plugin adds.
  func furnish(_ links: Links, _ site: InterfaceSite, _ result: inout CNIResult) throws(DelegateError)

  /// Takes the links away after a failure.
  func removeLinks(_ links: Links, _ site: InterfaceSite) throws(DelegateError)

  /// Takes away what is left on the node once the container's interface has gone, and nobody else uses.
  func leaveNode(_ call: DelegateCall, _ host: NodeNamespace) throws(DelegateError)

  /// CHECK: compares the node's side before the container's is looked at.
  func compareNode(_ check: inout InterfaceCheck) throws(DelegateError)

  /// CHECK: compares the container's interface, beyond name, address and routes.
  func compare(_ own: Link, _ ground: Ground, _ check: inout InterfaceCheck) throws(DelegateError)

  /// Whether a link is of the kind that the plugin makes.
  func isOfOurKind(_ link: Link) -> Bool

  /// STATUS: throws what it lacks on the node.
  func checkNode(_ node: Node) throws(DelegateError)

  /// How the plugin reports a difference that the frame found.
  static func failure(_ difference: InterfaceDifference) -> any PluginFailure
}

extension InterfacePlugin where Ground == Void {
  func survey(_ host: NodeNamespace, _ container: NodeNamespace) {}
}

extension InterfacePlugin {
  static func checkForRemoval(_ configuration: PluginConfiguration) throws(ConfigurationError) {}
  var isConfigured: Bool { true }
  func checkGround(_ ground: Ground) throws(DelegateError) {}
  func leaveNode(_ call: DelegateCall, _ host: NodeNamespace) throws(DelegateError) {}
  func compareNode(_ check: inout InterfaceCheck) throws(DelegateError) {}
  func checkNode(_ node: Node) throws(DelegateError) {}
}

/// Where an interface's hardware address may come from.
enum MACSource: Sendable {
  /// `runtimeConfig.mac`.
  case runtime
  /// `args.cni.mac`.
  case conventional
  /// MAC of CNI_ARGS.
  case arguments
  /// `mac` of the configuration.
  case configuration(MACAddress?)
}

/// Where an interface is made: one call, the node's namespace and the container's.
struct InterfaceSite {
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace
  /// Nil leaves the choice to the kernel.
  let mac: MACAddress?
}
