import CNI
import Netlink
import NetworkTypes
import PluginModel

/// The particular parts of a plugin that makes an interface in the container. `InterfaceDelegate` does the common parts.
protocol InterfacePlugin: Sendable {
  associatedtype Configuration: InterfaceConfiguration
  /// The things that the plugin needs before it makes anything, such as a master.
  associatedtype Ground
  /// The links that the plugin makes.
  associatedtype Links

  /// Reads and checks the plugin's own keys.
  init(_ configuration: PluginConfiguration) throws(ConfigurationError)

  /// Checks the keys that DEL needs.
  static func checkForRemoval(_ configuration: PluginConfiguration) throws(ConfigurationError)

  /// The plugin's own keys.
  var configuration: Configuration { get }
  /// The sources of the interface's hardware address. The first source that has an address wins.
  var macSources: [MACSource] { get }
  /// Whether the interface gets addresses and routes.
  var isConfigured: Bool { get }

  /// Finds the things that the plugin needs, before anything is made. Throws if one is missing.
  func survey(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground

  /// CHECK: finds the same things. Nil if the ADD may have found others than would be found now.
  func surveyAgain(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground?

  /// ADD: throws if the interface cannot be made on this ground.
  func checkGround(_ ground: Ground) throws(DelegateError)

  /// Makes the links. A failure leaves no new link.
  func makeLinks(_ site: InterfaceSite, _ ground: Ground) throws(DelegateError) -> Links

  /// Configures the links. Completes the IPAM plugin's result with the interfaces, and with the plugin's own gateways and routes.
  func configureLinks(_ links: Links, _ site: InterfaceSite, _ result: inout CNIResult) throws(DelegateError)

  /// Deletes the links after a failure.
  func removeLinks(_ links: Links, _ site: InterfaceSite) throws(DelegateError)

  /// DEL: deletes the links that an ADD of this call made, as far as they are there, and no others.
  static func deleteLinks(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Removes leftovers on the node that no other Pod uses, after the container's interface has gone.
  func leaveNode(_ call: DelegateCall, _ host: NodeNamespace) throws(DelegateError)

  /// CHECK: compares the node's side. Runs before the container's side is compared.
  func compareNode(_ check: inout InterfaceCheck) throws(DelegateError)

  /// CHECK: compares the container's interface, except its name, address and routes.
  func compare(_ own: Link, _ ground: Ground?, _ check: inout InterfaceCheck) throws(DelegateError)

  /// Whether the plugin makes links of this kind.
  func isOfOurKind(_ link: Link) -> Bool

  /// STATUS: throws if the node lacks something that every ADD needs, or has something in the way.
  ///
  /// `results` are those that the IPAM plugin may give. Empty if they are not known.
  func checkNode(_ node: Node, _ results: [ForeseenResult]) throws(DelegateError)

  /// The plugin's error for a difference that `InterfaceCheck` found.
  static func failure(_ difference: InterfaceDifference) -> any PluginFailure
}

extension InterfacePlugin where Ground == Void {
  func survey(_ host: NodeNamespace, _ container: NodeNamespace) {}
}

extension InterfacePlugin {
  /// The keys that all interface plugins share.
  var link: LinkConfiguration { configuration.link }

  /// Throws if an address that somebody asks for would change more of the node than the policy allows. The review has refused it before,
  /// if the addresses were known then.
  func checkBounds(_ result: CNIResult, _ bounds: NodeBounds?) throws(DelegateError) {
    guard let bounds, !bounds.asked.isEmpty else { return }
    do { try configuration.check(result, bounds) } catch { throw .configuration(.attachment(error)) }
  }

  static func checkForRemoval(_ configuration: PluginConfiguration) throws(ConfigurationError) {}
  var isConfigured: Bool { true }
  func surveyAgain(_ host: NodeNamespace, _ container: NodeNamespace) throws(DelegateError) -> Ground? {
    try survey(host, container)
  }
  func checkGround(_ ground: Ground) throws(DelegateError) {}
  func leaveNode(_ call: DelegateCall, _ host: NodeNamespace) throws(DelegateError) {}
  func compareNode(_ check: inout InterfaceCheck) throws(DelegateError) {}
  func checkNode(_ node: Node, _ results: [ForeseenResult]) throws(DelegateError) {}
}

/// A source of an interface's hardware address.
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

/// The place where an interface is made: one call, the node's namespace and the container's.
struct InterfaceSite {
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace
  /// Nil leaves the choice to the kernel.
  let mac: MACAddress?
}
