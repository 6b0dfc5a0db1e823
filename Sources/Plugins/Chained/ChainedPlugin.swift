import CNI
import PluginModel

/// The particular parts of a plugin that works on the interface of the plugins before it. `ChainedDelegate` does the common parts.
///
/// A step gets the plugin's configuration object as well, because its state is kept under the network's name.
protocol ChainedPlugin: Sendable {
  associatedtype Configuration: ChainedConfiguration

  /// How long the plugin's state lives, and what it reads.
  static var traits: DelegateTraits { get }
  /// The reference plugin's words for a missing `prevResult`, at ADD and at CHECK.
  static var noPreviousResult: (add: String, check: String) { get }

  /// Takes over the checked configuration.
  init(_ keys: Configuration, _ configuration: PluginConfiguration)

  /// The plugin's own keys.
  var configuration: Configuration { get }

  /// ADD: does the work, and changes the result where the plugin changes the interface. On failure the frame calls `remove`.
  func add(_ call: DelegateCall, _ result: inout CNIResult, on node: Node) throws(DelegateError)

  /// DEL, and undo of a failed ADD: takes everything back that an ADD of this call did, as far as it is there.
  ///
  /// It reads only the keys of the configuration that it needs, and needs no namespace and no previous result. Where it uses them they may be
  /// gone.
  static func remove(
    _ call: DelegateCall, _ configuration: PluginConfiguration, on node: Node
  ) throws(DelegateError)

  /// CHECK: throws the differences between the kernel and what an ADD with this result does.
  func check(_ call: DelegateCall, _ previous: CNIResult, on node: Node) throws(DelegateError)

  /// GC: takes away the state of all attachments of the network that are not in `valid`.
  func collectGarbage(keeping valid: [Attachment], on node: Node) throws(DelegateError)

  /// Takes away the state of all attachments of the call's container to the network, except those of these interfaces. Touches no container.
  static func release(
    _ call: DelegateCall, _ configuration: PluginConfiguration, keeping interfaces: Set<String>, on node: Node
  ) throws(DelegateError)

  /// STATUS: throws if the node lacks something that an ADD needs.
  func checkNode(_ node: Node) throws(DelegateError)

  /// STATUS: what a person should look at, although ADD succeeds.
  func remarks(on node: Node) throws(DelegateError) -> [String]
}

extension ChainedPlugin {
  static var traits: DelegateTraits { DelegateTraits(readsArguments: false) }
  func collectGarbage(keeping valid: [Attachment], on node: Node) throws(DelegateError) {}
  static func release(
    _ call: DelegateCall, _ configuration: PluginConfiguration, keeping interfaces: Set<String>, on node: Node
  ) throws(DelegateError) {}
  func checkNode(_ node: Node) throws(DelegateError) {}
  func remarks(on node: Node) throws(DelegateError) -> [String] { [] }
}
