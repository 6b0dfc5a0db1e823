import ArgumentParser
import Diagnostics

/// A first word of the command line that is no command.
enum UnknownCommand {
  /// The complaint about the arguments' first word; nil if it is a command, an option, or missing.
  static func complaint(about arguments: [String]) -> String? {
    let names = Braidctl.configuration.subcommands.map { $0._commandName } + ["help"]
    let rest = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
    guard let word = rest.first, !word.hasPrefix("-"), !names.contains(word) else { return nil }
    let isFile = word.contains(".") || word.contains("/")
    let help =
      isFile
      ? "; to check a policy, run: braidctl validate \(harmless(word, limit: 200))"
      : Suggestion.closest(to: word, among: names).map { "; did you mean \(quoted($0))?" } ?? ""
    return "Error: there is no command \(quoted(word))\(help)\nUsage: braidctl <command>\n"
      + "Commands: \(names.joined(separator: ", "))\n  See 'braidctl --help' for more information.\n"
  }
}
