import ArgumentParser
import JSON
import Policy

/// `braidctl schema`.
struct Schema: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema (2020-12) of policies.",
    discussion: "Example: braidctl schema >policy.v1.schema.json")

  func run() { Output.answer(PolicySchema.json.text(pretty: true) + "\n") }
}
