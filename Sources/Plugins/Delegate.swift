import CNI

/// One plugin of a chain, built in or external. The engine asks for its traits and never for where it runs.
package protocol Delegate {
  var traits: DelegateTraits { get }

  /// Reads and checks a configuration once; nothing is touched. Throws for every mistake that can be known without the node.
  ///
  /// `node` finds the IPAM plugin behind an interface plugin, `path` is CNI_PATH.
  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate
}

/// What a delegate is prepared for.
package enum Purpose: Sendable {
  /// All of the configuration must be right.
  case use
  /// DEL: only what must be known to give things back has to be right. What else is wrong must not keep anything from going.
  case removal
}

/// A delegate with its configuration, read and checked.
package protocol PreparedDelegate {
  /// Makes the attachment. On failure it has undone what it made; what could not be undone is in the error
  /// (`DelegateError.incomplete`).
  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult

  /// Removes the attachment; what is gone already is no error.
  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Throws what differs between the attachment and the call's previous result.
  func check(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Frees what belongs to attachments that are not in `valid`. `path` is CNI_PATH.
  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError)

  /// Throws what stands in the way of an ADD. `path` is CNI_PATH.
  func status(on node: Node, path: [String]) throws(DelegateError)
}

/// What the engine must know of a delegate to order its own work.
package struct DelegateTraits: Hashable, Sendable {
  /// How long the state lives that a delegate keeps outside the container's namespace.
  package enum StateLifetime: Int, Comparable, Sendable {
    /// Until the next boot at the latest: nothing of an earlier boot needs to be undone.
    case boot
    /// On disk or elsewhere, over boots.
    case persistent
    /// Nobody can say, not even whether the delegate ever ran.
    case unknown

    package static func < (a: StateLifetime, b: StateLifetime) -> Bool { a.rawValue < b.rawValue }
  }

  package let state: StateLifetime
  /// Whether it makes the attachment's interface. One that does not, or that nobody knows, may work on one that is there already.
  package let makesInterface: Bool
  /// Whether it heeds `DelegateCall.Options`: default routes, the bridges' lock, the link group.
  package let heedsOptions: Bool

  package init(state: StateLifetime = .boot, makesInterface: Bool = false, heedsOptions: Bool = true) {
    (self.state, self.makesInterface, self.heedsOptions) = (state, makesInterface, heedsOptions)
  }

  /// Of an executable: nothing is known.
  package static let unknown = DelegateTraits(state: .unknown, makesInterface: false, heedsOptions: false)

  /// The traits of an interface plugin together with the IPAM plugin behind it.
  package func over(_ ipam: DelegateTraits) -> DelegateTraits {
    DelegateTraits(state: max(state, ipam.state), makesInterface: makesInterface, heedsOptions: heedsOptions)
  }
}
