import ArgumentParser

/// `braidctl validate`.
struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find all mistakes in policies that can be found without a node.",
    discussion: HelpText.keepingExamples(
      """
      Every argument is a separate policy. A directory is one policy that consists of its *.yaml files. If a runtime's list stands \
      beside its policy, the capabilities of the list are checked too.

      Examples:
        braidctl validate policy.yaml
        braidctl validate --format sarif --fail-on warning /etc/braid/policy.d >braid.sarif

      Exit status: 0 nothing to mend, 1 findings at least as severe as --fail-on, 2 wrong usage, 3 a file cannot be read, 70 a fault \
      of braidctl itself. It is the same in every format.
      """))

  @Argument(help: "A policy file, or a directory of policy files; - is stdin.", completion: .file())
  var files: [String]

  @Option(help: "text, json, junit, sarif or github (workflow commands).")
  var format = ReportFormat.text

  @Option(help: "The severity that makes the run fail: error, warning or never.")
  var failOn = FailOn.error

  @OptionGroup var colour: ColourOption

  func run() throws {
    let report = Report(entries: Validation.run(files), failOn: failOn)
    Output.answer(report.rendered(format, colour: colour.color.isWanted))
    if report.status != .clean { throw report.status }
  }
}

/// The values of `--format`.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, junit, sarif, github
}

/// The values of `--fail-on`.
enum FailOn: String, CaseIterable, ExpressibleByArgument {
  case error, warning, never
}
