import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct CommandLineTests {
  /// Every command says what it is for, and shows an example.
  @Test func everyCommandHasAnExample() {
    for command in Braidctl.configuration.subcommands {
      #expect(!command.configuration.abstract.isEmpty)
      #expect(command.configuration.discussion.contains("braidctl "), "\(command) has no example")
    }
  }

  /// The committed schemas are what `schema` prints.
  @Test func schemas() throws {
    for (arguments, name) in [([], "policy"), (["--report"], "report")] {
      let output = try Command([Products.braidctl, "schema"] + arguments).run()
      #expect(output.succeeded && output.stderr.isEmpty)
      try Golden.expect(
        output.stdout, equals: URL(filePath: Products.repository).appending(path: "schemas/\(name).v1.schema.json"))
    }
  }
}
