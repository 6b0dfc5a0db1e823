import ArgumentParser
import Engine
import Glibc

/// `braidctl`, the command for people who write policies. It checks and explains a policy before it reaches a node.
package struct Braidctl: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "braidctl",
    abstract: "Check, explain and try Braid's network policies before they reach a node.",
    version: version,
    subcommands: [
      Validate.self,
      Explain.self,
      Render.self,
      Graph.self,
      Import.self,
      Try.self,
      Schema.self,
      Completions.self,
    ])

  /// The release.
  package static let version = Release.version

  package init() {}

  /// Parses the process's arguments, runs the command and ends the process with its `ExitStatus`.
  package static func run() -> Never {
    signal(SIGPIPE, SIG_IGN)
    Fault.catchTraps()
    if let complaint = UnknownCommand.complaint(about: Array(CommandLine.arguments.dropFirst())) {
      Output.complain(complaint)
      Glibc.exit(ExitStatus.usage.rawValue)
    }
    Glibc.exit(status { try execute() }.rawValue)
  }

  private static func execute() throws {
    var command = try parseAsRoot()
    try command.run()
  }

  /// Runs a command and returns its exit status. An error that the command throws is printed to stderr.
  static func status(of command: () throws -> Void) -> ExitStatus {
    do {
      try command()
      return .clean
    } catch let status as ExitStatus {
      return status
    } catch {
      let code = exitCode(for: error)
      let text = HelpText.shown(fullMessage(for: error))
      let line = text.isEmpty ? "" : text + "\n"
      if code.isSuccess {
        Output.answer(line)
        return .clean
      }
      Output.complain(line)
      if code == .validationFailure { return .usage }
      Output.complain(Fault.request)
      return .internalError
    }
  }
}
