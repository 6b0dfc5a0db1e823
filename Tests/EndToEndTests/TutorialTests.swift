import Foundation
import TestSupport
import Testing

/// The commands of docs/tutorial.md, pasted one block after the other into one shell.
@Suite(.needsRoot, .needs(kernel: .macvlan), .needs(program: "unshare"), .needs(program: "ping"), .serialized)
struct TutorialTests {
  private let blocks: [(language: String, text: String)]

  init() throws {
    let page = try String(contentsOfFile: Products.repository + "/docs/tutorial.md", encoding: .utf8)
    blocks = page.components(separatedBy: "\n```").dropFirst().enumerated().filter { $0.offset % 2 == 0 }.map { block in
      let lines = block.element.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(lines[0]), lines.count > 1 ? String(lines[1]) : "")
    }
  }

  /// Runs the shell's blocks in a mount namespace with an empty /run, so that names of namespaces and files cannot clash with others.
  private func run(_ blocks: [String]) throws -> Command.Output {
    let programs = (Products.braidctl as NSString).deletingLastPathComponent
    let outside = "mount -t tmpfs tmpfs /run && exec bash -euo pipefail"
    var command = Command("unshare", "--mount", "sh", "-c", outside)
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(programs):\(environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin")"
    command.environment = environment
    command.input = Array(blocks.joined(separator: "\n").utf8)
    return try command.run()
  }

  /// Runs everything except the build, which takes minutes. The programs built for the tests are on PATH instead.
  @Test func everyCommandDoesWhatThePageSays() throws {
    #expect(blocks.count { $0.language == "sh build" } == 1 && blocks.count { $0.language == "sh" } >= 10)
    let known = ["sh", "sh build", "text"]
    #expect(blocks.allSatisfy { known.contains($0.language) })
    let output = try run(blocks.filter { $0.language == "sh" }.map(\.text))
    #expect(output.succeeded, "\(output)")
    var rest = output.stdout[...]
    for block in blocks where block.language == "text" {
      let found = rest.range(of: block.text)
      #expect(found != nil, "\(block.text)\n\(output)")
      if let found { rest = rest[found.upperBound...] }
    }
    #expect(output.stdout.contains("exit status 1\n") && output.stdout.contains("\n1\n"))
    #expect(output.stdout.contains("YES  databases"))
  }

  /// The test fails if a command of a page fails.
  @Test func aCommandThatFailsFailsTheRun() throws {
    let commands = blocks.filter { $0.language == "sh" }.map(\.text)
    let output = try run(commands.map { $0.replacing("master: eth1", with: "master: eth9") })
    #expect(!output.succeeded && output.stdout.contains("eth9"), "\(output)")
  }
}
