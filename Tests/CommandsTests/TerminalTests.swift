import Foundation
import TestSupport
import Testing

@testable import Commands

/// What a person sees depends on the terminal. script(1) lends one.
@Suite struct TerminalTests {
  private static let wide =
    "apiVersion: braid/v1\nkind: Policy\nnetworks: {pods: {chain: [{type: bridge}]}} # "
    + String(repeating: "x", count: 400)
    + "\nrules: [{name: everyone, attach: [{network: pods}], \(String(repeating: " ", count: 300))chain: []}]\n"

  /// A source line that is longer than the terminal is cut around the mark. Without a terminal it is whole.
  @Test(.needs(program: "script")) func excerptsFitTheTerminal() throws {
    try withTemporaryDirectory { directory in
      let policy = try directory.write("policy.yaml", Self.wide)
      let whole = try Command(Products.braidctl, "validate", policy).run().stdout.split(separator: "\n")
      #expect(whole.contains { $0.hasPrefix("4 | rules: [{name: everyone") && $0.hasSuffix("chain: []}]") })
      for columns in [50, 100] {
        var command = Command(
          "bash", "-c", "script -qec '\(Products.braidctl) validate --color never \(policy)' /dev/null </dev/null")
        command.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "\(columns)"]) { $1 }
        let output = try command.run()
        let lines = output.stdout.components(separatedBy: "\r\n").filter {
          $0.hasPrefix("4 | ") || $0.hasPrefix("  |")
        }
        #expect(lines.contains { $0.contains("chain: []") } && lines.allSatisfy { $0.count <= columns }, "\(output)")
      }
    }
  }

  @Test func aWidthIsOnlyATerminals() throws {
    let pipe = Pipe()
    #expect(Terminal.columns(of: pipe.fileHandleForWriting.fileDescriptor) == nil)
    #expect(Terminal.excerptWidth(of: pipe.fileHandleForWriting.fileDescriptor) == 2000)
  }
}
