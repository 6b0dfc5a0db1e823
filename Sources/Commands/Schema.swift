import ArgumentParser
import JSON
import Policy

/// `braidctl schema`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema (2020-12) of policies, or of reports.",
    discussion: HelpText.keepingExamples(
      """
      Examples:
        braidctl schema >policy.v1.schema.json
        braidctl schema --report >report.v1.schema.json
      """))

  @Flag(help: "Print the schema of reports, the output of validate --format json.")
  var report = false

  func run() { Output.answer((report ? ReportSchema.json : PolicySchema.json).text(pretty: true) + "\n") }
}
