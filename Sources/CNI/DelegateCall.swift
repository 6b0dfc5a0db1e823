import JSON
import NetworkTypes

/// One call of one plugin for one attachment: everything that the specification passes beside the configuration.
package struct DelegateCall: Sendable {
  package let containerID: ContainerID
  /// The path of the container's network namespace; empty on a DEL after the namespace has gone.
  package let netns: String
  package let ifName: InterfaceName
  package let args: CNIArguments
  /// The directories of CNI_PATH.
  package let path: [String]
  /// For ADD, the result of the plugins before this one. For CHECK and DEL, the result of the plugin's whole chain.
  package var previous: PreviousResult
  /// The engine's requests beyond the specification. A delegate follows them if its traits say so
  /// (`DelegateTraits.heedsOptions`).
  package var options: Options

  /// Requests that the specification cannot express.
  package struct Options: Hashable, Sendable {
    /// The families whose default routes this network owns. A delegate neither installs nor reports those of other families.
    package var defaultRoutes: [AddressFamily]
    /// Whether an earlier ADD of this attachment may have ended half way. The delegate then reuses the reservation that this ADD
    /// left.
    package var takesOverReservation: Bool
    /// The path of a lock file. A delegate shares the lock while it plugs into a bridge, and holds the lock alone while it
    /// removes an unused bridge. Nil: bridges are never removed, as with the reference plugin.
    package var bridgeLock: String?
    /// The group of the container's end (IFLA_GROUP). One request deletes all links of a Pod by their group. Nil for none.
    package var linkGroup: UInt32?
    /// Whether the kernel heeds router advertisements on the container's interface.
    package var acceptsRA: Bool
    /// The routes that other interfaces of the Pod have. A delegate neither installs nor reports another one of such a key.
    package var takenRoutes: Set<CNIResult.Route.Key>
    /// The families whose default routes stay in the main table, because the attachment owns them. A delegate that moves routes to a table
    /// of the interface's own copies those of these families.
    package var keepsMainRoutes: [AddressFamily]
    /// Whether the engine has reviewed CNI_ARGS. A DEL must not fail because of them.
    package var hasReviewedArguments: Bool
    /// Whether a boot ID that differs proves no reboot: Pods live whose ADD saw another one. Their reservations stay.
    package var distrustsBootID: Bool
    /// The bounds of the changes to the node. Nil: the plugin's own configuration and CNI_ARGS decide, as with the reference
    /// plugins.
    package var nodeBounds: NodeBounds?
    /// Whether the engine has deleted the attachment's link in the container. A delegate need not look for it there.
    package var hasDeletedLink: Bool
    /// Whether links of the node may be named after container ID and interface name. The engine knows that no other attachment of the
    /// node has both; a plugin that is called directly has only the runtime's word for it.
    package var namesLinks: Bool

    package init(
      defaultRoutes: [AddressFamily] = AddressFamily.allCases, takesOverReservation: Bool = false, bridgeLock: String? = nil,
      linkGroup: UInt32? = nil, acceptsRA: Bool = true, takenRoutes: Set<CNIResult.Route.Key> = [],
      keepsMainRoutes: [AddressFamily] = [], hasReviewedArguments: Bool = false, distrustsBootID: Bool = false,
      nodeBounds: NodeBounds? = nil,
      hasDeletedLink: Bool = false, namesLinks: Bool = false
    ) {
      self.defaultRoutes = defaultRoutes
      self.takesOverReservation = takesOverReservation
      self.bridgeLock = bridgeLock
      self.linkGroup = linkGroup
      self.acceptsRA = acceptsRA
      self.takenRoutes = takenRoutes
      self.keepsMainRoutes = keepsMainRoutes
      self.hasReviewedArguments = hasReviewedArguments
      self.distrustsBootID = distrustsBootID
      self.nodeBounds = nodeBounds
      self.hasDeletedLink = hasDeletedLink
      self.namesLinks = namesLinks
    }
  }

  package init(
    containerID: ContainerID, netns: String, ifName: InterfaceName, args: CNIArguments, path: [String],
    previous: PreviousResult = .none, options: Options = Options()
  ) {
    (self.containerID, self.netns, self.ifName) = (containerID, netns, ifName)
    (self.args, self.path, self.previous, self.options) = (args, path, previous, options)
  }
}

/// `prevResult`: a value, or the JSON that a runtime gave.
package enum PreviousResult: Sendable {
  case none
  case value(CNIResult)
  /// The JSON of a plugin's configuration. It is decoded on demand. If it names no version, `fallback` applies.
  case json(JSON, fallback: SpecVersion)

  /// The result; nil if there is none. Throws `ResultError` for JSON that is no result.
  package func result() throws(ResultError) -> CNIResult? {
    switch self {
    case .none: return nil
    case .value(let result): return result
    case .json(let json, let fallback):
      guard let object = json.object else {
        throw .malformed(.wrongType(.init("prevResult"), expected: "an object", found: json.kind))
      }
      return try CNIResult(object, fallback: fallback)
    }
  }

  /// Whether routes may lack their table, scope and the like: the result came as JSON of a version whose specification does not
  /// have them. The runtime may have dropped them.
  package var mayLackRouteDetails: Bool {
    guard case .json(let json, let fallback) = self else { return false }
    let named = json.object?.value(named: "cniVersion")?.string.flatMap { SpecVersion(rawValue: $0) }
    return !(named ?? fallback).hasGarbageCollection
  }

  /// The result in the form of that version; nil if there is none. JSON is passed on unchanged.
  ///
  /// Throws `ResultError` if the version cannot express the result.
  package func json(_ version: SpecVersion) throws(ResultError) -> JSON? {
    switch self {
    case .none: nil
    case .value(let result): try result.json(version)
    case .json(let json, _): json
    }
  }
}

/// A container ID and an interface name (CNI specification, section 2). GC lists the attachments in use. Each record and each
/// reservation belongs to one attachment.
package struct Attachment: Hashable, Sendable {
  package let containerID: String
  /// Empty for all interfaces of a container whose names nobody knows.
  package let ifName: String

  package init(containerID: String, ifName: String) { (self.containerID, self.ifName) = (containerID, ifName) }

  package init(_ containerID: ContainerID, _ ifName: InterfaceName) {
    self.init(containerID: containerID.text, ifName: ifName.text)
  }
}
