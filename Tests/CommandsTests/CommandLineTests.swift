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
}
