import ArgumentParser

/// `braidctl completions`.
struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the completions of braidctl for a shell.",
    discussion: HelpText.keepingExamples(
      """
      Example, for the running bash:
        source <(braidctl completions bash)

      make install puts the completions for bash, zsh and fish in place.
      """))

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() { Output.answer(Braidctl.completionScript(for: shell.kind) + "\n") }

  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    fileprivate var kind: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }
}
