import NetworkTypes

/// One call of one plugin for one attachment: what the specification hands over in variables and on stdin.
package struct DelegateCall: Sendable {
  package let containerID: ContainerID
  /// The path of the container's network namespace; empty on a DEL after the namespace has gone.
  package let netns: String
  package let ifName: InterfaceName
  package let args: CNIArguments
  /// The directories of CNI_PATH.
  package let path: [String]
  package var configuration: PluginConfiguration
  /// What the engine asks beyond the specification; built-in delegates heed it.
  package var options: Options

  /// What cannot be said in the specification's own words.
  package struct Options: Hashable, Sendable {
    /// The families whose default routes of the Pod are this network's: those of others are neither installed nor reported.
    package var defaultRoutes: [AddressFamily]
    /// True when an earlier ADD of this attachment may have ended half way: a reservation that it left is taken over.
    package var takesOverReservation: Bool
    /// The file by whose lock those who plug into a bridge and those who take an unused one away keep clear of each other.
    /// Nil when a bridge stays once it is made, as the reference plugin has it.
    package var bridgeLock: String?
    /// The group that the container's end gets (IFLA_GROUP), by which all of a Pod's links go in one request; nil for none.
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
    configuration: PluginConfiguration, options: Options = Options()
  ) {
    (self.containerID, self.netns, self.ifName) = (containerID, netns, ifName)
    (self.args, self.path, self.configuration, self.options) = (args, path, configuration, options)
  }
}

/// A (container ID, interface name) pair: what GC lists as still in use (CNI specification, section 2).
package struct Attachment: Hashable, Sendable {
  package let containerID: String
  /// Empty for all that a container has, where nobody knows the names.
  package let ifName: String

  package init(containerID: String, ifName: String) { (self.containerID, self.ifName) = (containerID, ifName) }
}
