import ArgumentParser

/// `braidctl validate`.
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find every mistake in policies that can be known without a node.",
    discussion: """
      Every argument is a policy of its own; a directory is one policy, made of its *.yaml.

      Examples:
        braidctl validate policy.yaml
        braidctl validate --format sarif --fail-on warning /etc/braid/policy.d >braid.sarif

      Exit status: 0 nothing to mend, 1 findings as severe as --fail-on says, 2 wrong usage, 3 a file cannot be read, 70 a fault of \
      braidctl itself. It is the same in every format.
      """)

  @Argument(help: "A policy file or a directory of them; - is stdin.", completion: .file())
  var files: [String]

  @Option(help: "text, json, junit, sarif or github (workflow commands).")
  var format = ReportFormat.text

  @Option(help: "What counts as failure: error, warning or never.")
  var failOn = FailOn.error

  @Option(help: "Colours in the text: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourChoice.auto

  func run() throws {
    let report = Report(entries: files.map { Validation.run($0) }, failOn: failOn)
    Output.answer(report.rendered(format, colour: color.isWanted))
    if report.status != .clean { throw report.status }
  }
}

/// What `--format` may be.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, junit, sarif, github
}

/// What `--fail-on` may be.
enum FailOn: String, CaseIterable, ExpressibleByArgument {
  case error, warning, never
}
