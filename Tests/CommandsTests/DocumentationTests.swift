import Foundation
import PluginModel
import TestSupport
import Testing

@testable import Commands

/// Runs the commands of docs/braidctl.md and compares their output.
@Suite struct DocumentationTests {
  let page: String

  init() throws { page = try String(contentsOfFile: Products.repository + "/docs/braidctl.md", encoding: .utf8) }

  /// The texts of fenced blocks of a language, with the line before each block.
  private func blocks(_ language: String) -> [(before: String, text: String)] {
    var parts = page.components(separatedBy: "\n```\(language)\n")
    var before = parts.removeFirst()
    var blocks: [(before: String, text: String)] = []
    for part in parts {
      let end = part.components(separatedBy: "\n```\n")
      blocks.append((before.components(separatedBy: "\n").last ?? "", end[0] + "\n"))
      before = part
    }
    return blocks
  }

  /// Writes the files that the page shows. The comment before a block has the file's name.
  private func writeFiles(_ directory: TemporaryDirectory) throws -> Int {
    let files = (blocks("yaml") + blocks("json")).filter { $0.before.hasPrefix("<!-- ") }
    for file in files { try directory.write(file.before.replacing("<!-- ", with: "").replacing(" -->", with: ""), file.text) }
    return files.count
  }

  /// Runs the command after each `$`, all in one shell, and returns the commands with their output.
  private func session(_ console: String, in directory: TemporaryDirectory) throws -> String {
    let commands = console.split(separator: "\n").filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
    var script = "cd \"$1\"; status=0\n"
    // Each command sees the status of the one before it in `$?`.
    for command in commands {
      script += "(exit $status); \(command.replacing("braidctl", with: "\"$0\"")); status=$?; echo %%\n"
    }
    let output = try Command("bash", "-c", script, Products.braidctl, directory.path).run()
    let answers = output.stdout.components(separatedBy: "%%\n")
    return zip(commands, answers).map { "$ \($0)\n\($1)" }.joined() + output.stderr
  }

  /// Wherever a page lists the plugins that are built in, it lists all of them.
  @Test(arguments: ["README.md", "docs/braidctl.md", "docs/runtimes.md"]) func builtInPlugins(_ file: String) throws {
    let page = try String(contentsOfFile: "\(Products.repository)/\(file)", encoding: .utf8)
    let words = page.replacing(#/[,\n()]| and | or /#, with: " ").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let names = BuiltInPlugin.allCases.map { "`\($0.rawValue)`" }.joined(separator: " ")
    #expect(words.contains(names), "\(names)")
  }

  @Test func consoles() throws {
    let consoles = blocks("console").map(\.text)
    let directory = try TemporaryDirectory()
    let files = try writeFiles(directory)
    #expect(files == 3 && consoles.count == 3)
    for console in consoles {
      let found = try session(console, in: directory)
      #expect(found == console)
    }
  }

  /// The trial on the page is an extract, in order, of the golden file of `try`.
  @Test func trial() throws {
    let golden = try String(contentsOf: commandsTests.appending(path: "Trials/three-networks.txt"), encoding: .utf8)
    var rest = golden.split(separator: "\n")[...]
    let shown = try #require(blocks("text").first { $0.text.hasPrefix("Pod ") }).text.split(separator: "\n")
    for line in shown {
      rest = rest.drop { $0 != line }
      #expect(rest.first == line)
    }
    for format in GraphFormat.allCases { #expect(page.contains("| `\(format.rawValue)` |")) }
  }

  @Test func namesWhatIsThere() {
    let lines = page.components(separatedBy: "\n")
    let known = Braidctl.configuration.subcommands.map { $0._commandName }
    let commands = lines.filter { $0.hasPrefix("| `braidctl ") }.map { String($0.dropFirst(12).prefix { $0 != "`" }) }
    #expect(commands.count >= 6 && commands.allSatisfy { known.contains($0) })
    for format in ReportFormat.allCases { #expect(page.contains("| `\(format.rawValue)` |")) }
    for choice in FailOn.allCases { #expect(page.contains("`\(choice.rawValue)`")) }
    for status in [0, 1, 2, 3, 70] as [Int32] {
      #expect(Commands.ExitStatus(rawValue: status) != nil && page.contains("\n| \(status) |"))
    }
  }
}
