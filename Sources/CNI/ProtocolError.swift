import JSON
import NetworkTypes

/// A call that breaks the CNI protocol: in its variables, its configuration or its version.
package enum ProtocolError: Error, Equatable, Sendable {
  /// Variables that the command needs and that are absent or empty.
  case missingVariables([Variable])
  case unknownCommand(String)
  case containerID(String, IdentifierRule)
  case interfaceName(String, NetworkTypeError.InterfaceNameRule)
  /// CNI_ARGS is not `KEY=VALUE;…`.
  case arguments(String)
  /// CNI_ARGS has keys that the plugin does not know, and IgnoreUnknown is not set.
  case unknownArguments([String])
  case argument(String, value: String, reason: String)
  /// stdin holds more bytes than `limit`.
  case inputTooLarge(limit: Int)
  case json(JSONError)
  /// stdin, or a delegate's output, is JSON but no object.
  case notAnObject(found: String)
  case networkName(String, IdentifierRule)
  case configuration(ConfigurationError)
  case incompatibleVersion(String)
  /// The command does not exist in the configuration's version.
  case commandNotInVersion(Command)
  case result(ResultError)
  /// CNI_NETNS is the namespace that the plugin itself runs in.
  case hostNamespace(String)

  /// The rule that an identifier breaks.
  package enum IdentifierRule: Sendable { case empty, forbiddenCharacter, tooLong }
}
