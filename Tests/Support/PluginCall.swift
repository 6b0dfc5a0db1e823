import Foundation
import JSON

/// One call of a CNI plugin's executable, as a runtime makes it: CNI_ variables and a configuration on stdin.
package struct PluginCall: Sendable {
  package var executable: String
  /// CNI_COMMAND. Nil: the variable is not set.
  package var command: String? = "ADD"
  package var containerID: String?
  /// CNI_NETNS. Nil: the variable is not set.
  package var netns: String?
  package var ifName: String? = "eth0"
  package var args: String?
  /// CNI_PATH.
  package var path: String? = "/usr/lib/cni"
  /// Variables beside the CNI_ ones and PATH.
  package var environment: [String: String] = [:]
  /// The exact bytes for stdin.
  package var stdin: [UInt8]
  package var seconds = 60

  package init(_ executable: String, containerID: String?, netns: ScratchNamespace?, configuration: JSON) {
    (self.executable, self.containerID, self.netns) = (executable, containerID, netns?.path)
    stdin = Array(configuration.text().utf8)
  }

  /// The same call with another command.
  package func with(_ command: String) -> PluginCall {
    var copy = self
    copy.command = command
    return copy
  }

  /// Calls the plugin in the node's namespace.
  package func run(on node: ScratchNamespace?) throws -> PluginAnswer {
    var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"]
    let given = [
      "CNI_COMMAND": command, "CNI_CONTAINERID": containerID, "CNI_NETNS": netns, "CNI_IFNAME": ifName, "CNI_ARGS": args,
      "CNI_PATH": path,
    ]
    for (name, value) in given { variables[name] = value }
    variables.merge(environment) { _, own in own }
    var call = Command(executable)
    (call.environment, call.input, call.seconds) = (variables, stdin, seconds)
    return PluginAnswer(try call.run(in: node))
  }
}

/// The answer of a plugin.
package struct PluginAnswer: Sendable, CustomStringConvertible {
  package let output: Command.Output
  /// The object on stdout. Nil if there is none.
  package let object: JSONObject?

  init(_ output: Command.Output) {
    self.output = output
    object = (try? JSON(parsing: output.stdout))?.object
  }

  package var status: Int32 { output.status }
  package var succeeded: Bool { output.succeeded }
  package var description: String { output.description }

  /// The answer of a call that must succeed. Without any output (DEL, CHECK) it is an empty object.
  package func result() throws -> JSONObject {
    guard output.succeeded else { throw Command.Failure.failed(output) }
    if output.stdout.isEmpty { return [:] }
    guard let object else { throw Command.Failure.failed(output) }
    return object
  }

  /// The error object of a call that must fail: its code and its whole text (`msg`, or `msg; details`).
  package func error() throws -> (code: Int, text: String) {
    guard !output.succeeded, let object, let code = object["code"]?.int, let message = object["msg"]?.string else {
      throw Command.Failure.failed(output)
    }
    let details = object["details"]?.string ?? ""
    return (code, details.isEmpty ? message : "\(message); \(details)")
  }
}
