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

  package init(
    containerID: ContainerID, netns: String, ifName: InterfaceName, args: CNIArguments, path: [String],
    configuration: PluginConfiguration
  ) {
    (self.containerID, self.netns, self.ifName) = (containerID, netns, ifName)
    (self.args, self.path, self.configuration) = (args, path, configuration)
  }
}

/// A (container ID, interface name) pair: what GC lists as still in use (CNI specification, section 2).
package struct Attachment: Hashable, Sendable {
  package let containerID: String
  package let ifName: String

  package init(containerID: String, ifName: String) { (self.containerID, self.ifName) = (containerID, ifName) }
}
