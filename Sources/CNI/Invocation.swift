import NetworkTypes

/// The runtime's request: the CNI_* variables, checked (CNI specification, section 2).
package struct Invocation: Sendable {
  package let command: Command
  /// Nil if the command takes none.
  package let containerID: ContainerID?
  /// The path of the container's namespace; empty if there is none.
  package let netns: String
  package let ifName: InterfaceName?
  package let args: CNIArguments
  /// The directories of CNI_PATH, in order.
  package let path: [String]
  /// Whether the container may share the plugin's own namespace (CNI_NETNS_OVERRIDE).
  package let allowsHostNamespace: Bool

  /// Reads the variables through `environment`. Without `readsArguments`, CNI_ARGS counts as empty.
  ///
  /// Throws, in this order: `unknownCommand`, `missingVariables`, `containerID`, `interfaceName`, `arguments`. DEL counts malformed
  /// arguments as none.
  package init(readsArguments: Bool = true, environment: (Variable) -> String?) throws(ProtocolError) {
    func text(_ variable: Variable) -> String { environment(variable) ?? "" }
    guard let command = Command(rawValue: text(.command)) else { throw .unknownCommand(text(.command)) }
    let missing = command.requiredVariables.filter { text($0).isEmpty }
    guard missing.isEmpty else { throw .missingVariables(missing) }
    let attaches = command.requiredVariables.contains(.containerID)
    self.command = command
    containerID = attaches ? try ContainerID(text(.containerID)) : nil
    ifName = attaches ? try Self.interfaceName(text(.ifName)) : nil
    netns = text(.netns)
    do throws(ProtocolError) { args = readsArguments ? try CNIArguments(text(.args)) : .none } catch {
      // An attachment must be removable whatever has become of its arguments.
      guard command == .del else { throw error }
      args = .none
    }
    path = text(.path).split(at: ":").filter { !$0.isEmpty }
    let override = text(.netnsOverride)
    allowsHostNamespace = override == "1" || override.lowercased() == "true"
  }

  private static func interfaceName(_ text: String) throws(ProtocolError) -> InterfaceName {
    do { return try InterfaceName(text) } catch {
      guard case .interfaceName(let text, let rule) = error else { throw .interfaceName(text, .forbiddenCharacter) }
      throw .interfaceName(text, rule)
    }
  }
}
