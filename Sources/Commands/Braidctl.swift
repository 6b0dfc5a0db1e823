import ArgumentParser
import Glibc

/// `braidctl`: policies for the people who write them, before they reach a node.
package struct Braidctl: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "braidctl",
    abstract: "Check, explain and try Braid's network policies before they reach a node.",
    version: version,
    subcommands: [Validate.self, Graph.self, Schema.self])

  /// The release.
  package static let version = "0.1.0"

  package init() {}

  /// Parses the process's arguments, runs the command and ends the process with its `ExitStatus`.
  package static func run() -> Never {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
      Glibc.exit(ExitStatus.clean.rawValue)
    } catch let status as ExitStatus {
      Glibc.exit(status.rawValue)
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if !text.isEmpty { code.isSuccess ? Output.answer(text + "\n") : Output.complain(text + "\n") }
      Glibc.exit(code.isSuccess ? ExitStatus.clean.rawValue : ExitStatus.usage.rawValue)
    }
  }
}
