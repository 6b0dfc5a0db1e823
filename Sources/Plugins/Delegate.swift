import CNI
import PluginModel

/// One plugin of a chain, built in or external. The engine looks at its traits, never at where it runs.
package protocol Delegate {
  var traits: DelegateTraits { get }

  /// Reads and checks a configuration once, without touching the node. Throws for every mistake that can be found without it.
  ///
  /// `node` looks up the IPAM plugin behind an interface plugin. `path` is CNI_PATH.
  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate
}

/// The purpose for which a delegate is prepared.
package enum Purpose: Sendable {
  /// ADD, CHECK, GC and STATUS: the whole configuration must be valid.
  case use
  /// DEL: only the keys that are needed to free things must be valid. Other mistakes must not keep an attachment from being
  /// removed.
  case removal
}

/// A delegate with its configuration, read and checked.
package protocol PreparedDelegate {
  /// Throws if an ADD would certainly fail, whatever the state of the node is. Touches nothing.
  ///
  /// An IPAM plugin returns the results that it may give. Nil if they are not known, and for a plugin that gives no addresses.
  func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]?

  /// Makes the attachment. On failure it has undone its work. The error lists the parts that could not be undone
  /// (`DelegateError.incomplete`).
  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult

  /// Removes the attachment. It is no error if parts of it are gone already.
  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Throws the differences between the attachment and the call's previous result.
  func check(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Frees the resources of all attachments that are not in `valid`. `path` is CNI_PATH.
  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError)

  /// Throws if an ADD could not succeed now. `path` is CNI_PATH.
  func status(on node: Node, path: [String]) throws(DelegateError)

  /// STATUS: what a person should look at, although ADD succeeds.
  func remarks(on node: Node) throws(DelegateError) -> [String]

  /// Frees everything on the node that the call's container has from the plugin, whatever the interface, except what belongs to interfaces
  /// of these names. Touches no container.
  ///
  /// For a container whose record is lost.
  func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError)
}

extension PreparedDelegate {
  package func remarks(on node: Node) throws(DelegateError) -> [String] { [] }

  package func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError) {}

  /// Nothing is known before the delegate runs.
  package func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? { nil }
}

/// The properties of a delegate that the engine's own work depends on.
package struct DelegateTraits: Hashable, Sendable {
  /// How long a delegate's state outside the container's namespace lives.
  package enum StateLifetime: Int, Comparable, Sendable {
    /// At most until the next boot: nothing from an earlier boot needs to be undone.
    case boot
    /// Beyond a boot, on disk or elsewhere.
    case persistent
    /// Unknown. It is not even known whether the delegate ever ran.
    case unknown

    package static func < (a: StateLifetime, b: StateLifetime) -> Bool { a.rawValue < b.rawValue }
  }

  package let state: StateLifetime
  /// Whether the delegate makes the attachment's interface. If not, or if that is unknown, it may work on an existing interface.
  package let makesInterface: Bool
  /// Whether the delegate follows `DelegateCall.Options`: default routes, the bridges' lock, the link group.
  package let heedsOptions: Bool
  /// Whether the delegate passes on the whole result of the delegates before it. If not, the form of its version may lose parts.
  package let passesWholeResult: Bool
  /// Whether the delegate looks at CNI_ARGS. If not, their text may be anything.
  package let readsArguments: Bool

  package init(
    state: StateLifetime = .boot, makesInterface: Bool = false, heedsOptions: Bool = true, passesWholeResult: Bool = true,
    readsArguments: Bool = true
  ) {
    (self.state, self.makesInterface, self.readsArguments) = (state, makesInterface, readsArguments)
    (self.heedsOptions, self.passesWholeResult) = (heedsOptions, passesWholeResult)
  }

  /// The traits of an executable, of which nothing is known.
  package static let unknown = DelegateTraits(
    state: .unknown, makesInterface: false, heedsOptions: false, passesWholeResult: false)

  /// The traits of an interface plugin together with the IPAM plugin behind it.
  package func over(_ ipam: DelegateTraits) -> DelegateTraits {
    DelegateTraits(
      state: max(state, ipam.state), makesInterface: makesInterface, heedsOptions: heedsOptions,
      passesWholeResult: passesWholeResult, readsArguments: readsArguments || ipam.readsArguments)
  }
}
