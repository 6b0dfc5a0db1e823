/// The operations of CNI_COMMAND (CNI specification, section 2).
package enum Command: String, Sendable, CaseIterable {
  case add = "ADD"
  case del = "DEL"
  case check = "CHECK"
  case gc = "GC"
  case status = "STATUS"
  case version = "VERSION"

  /// The first version of the specification that has the operation.
  package var since: SpecVersion {
    switch self {
    case .add, .del, .version: .v010
    case .check: .v040
    case .gc, .status: .v110
    }
  }

  /// The variables without which the operation is refused, in the order in which an error lists them.
  var requiredVariables: [Variable] {
    switch self {
    case .add, .check: [.containerID, .netns, .ifName, .path]
    case .del: [.containerID, .ifName, .path]
    case .gc, .status: [.path]
    case .version: []
    }
  }
}

/// The environment variables of a call.
package enum Variable: String, Sendable, CaseIterable {
  case command = "CNI_COMMAND"
  case containerID = "CNI_CONTAINERID"
  case netns = "CNI_NETNS"
  case ifName = "CNI_IFNAME"
  case args = "CNI_ARGS"
  case path = "CNI_PATH"
  case netnsOverride = "CNI_NETNS_OVERRIDE"
}
