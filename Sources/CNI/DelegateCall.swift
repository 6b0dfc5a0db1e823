import JSON
import NetworkTypes

/// One call of one plugin for one attachment: what the specification hands over beside the plugin's configuration.
package struct DelegateCall: Sendable {
  package let containerID: ContainerID
  /// The path of the container's network namespace; empty on a DEL after the namespace has gone.
  package let netns: String
  package let ifName: InterfaceName
  package let args: CNIArguments
  /// The directories of CNI_PATH.
  package let path: [String]
  /// What the plugins before this one made; of a CHECK or DEL, what this one's own chain made.
  package var previous: PreviousResult
  /// What the engine asks beyond the specification. Delegates whose traits say so heed it (`DelegateTraits.heedsOptions`).
  package var options: Options

  /// What the specification has no words for.
  package struct Options: Hashable, Sendable {
    /// The families whose default routes this network owns. A delegate neither installs nor reports those of other families.
    package var defaultRoutes: [AddressFamily]
    /// Whether an earlier ADD of this attachment may have ended half way. The delegate then takes over a reservation that it left.
    package var takesOverReservation: Bool
    /// A lock file. Whoever plugs into a bridge shares its lock, whoever removes an unused bridge holds it alone.
    /// Nil: a bridge stays once it is made, as with the reference plugin.
    package var bridgeLock: String?
    /// The group of the container's end (IFLA_GROUP). One request deletes all links of a Pod by their group. Nil for none.
    package var linkGroup: UInt32?

    package init(
      defaultRoutes: [AddressFamily] = AddressFamily.allCases, takesOverReservation: Bool = false, bridgeLock: String? = nil,
      linkGroup: UInt32? = nil
    ) {
      self.defaultRoutes = defaultRoutes
      self.takesOverReservation = takesOverReservation
      self.bridgeLock = bridgeLock
      self.linkGroup = linkGroup
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

/// `prevResult`, as it is at hand: as a value, or as the text that a runtime gave.
package enum PreviousResult: Sendable {
  case none
  case value(CNIResult)
  /// The JSON of a plugin's configuration. It is read when somebody asks; without a version of its own it has `fallback`.
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

  /// The result as a plugin of that version reads it; nil if there is none. JSON stays as it was given.
  ///
  /// Throws `ResultError` where the version cannot express the result.
  package func json(_ version: SpecVersion) throws(ResultError) -> JSON? {
    switch self {
    case .none: nil
    case .value(let result): try result.json(version)
    case .json(let json, _): json
    }
  }
}

/// A (container ID, interface name) pair (CNI specification, section 2): what GC lists as still in use, what a record and a
/// reservation belong to.
package struct Attachment: Hashable, Sendable {
  package let containerID: String
  /// Empty stands for everything that the container has: nobody knows the names.
  package let ifName: String

  package init(containerID: String, ifName: String) { (self.containerID, self.ifName) = (containerID, ifName) }

  package init(_ containerID: ContainerID, _ ifName: InterfaceName) {
    self.init(containerID: containerID.text, ifName: ifName.text)
  }
}
