import Foundation
import TestSupport
import Testing

@testable import Commands

/// The files that `make install` installs beside the program.
@Suite struct InstallationTests {
  static let repository = URL(filePath: Products.repository)

  /// The committed page is the same as the one made from the commands. `make man` writes it anew, and so does BRAID_RECORD=1.
  @Test(.needs(program: "python3")) func theManualIsGenerated() throws {
    let output = try Command(Self.repository.appending(path: "scripts/manual.py").path, Products.braidctl).run()
    #expect(output.succeeded && output.stderr.isEmpty, "\(output)")
    try Golden.expect(output.stdout, equals: Self.repository.appending(path: "docs/man/braidctl.1"))
    for command in Braidctl.configuration.subcommands {
      #expect(output.stdout.contains("\n.Ss braidctl \(command._commandName)"))
    }
  }

  @Test(.needs(program: "mandoc"), arguments: ["braid.8", "braidctl.1"]) func theManualIsWellFormed(_ page: String) throws {
    let file = Self.repository.appending(path: "docs/man/" + page).path
    let lint = try Command("mandoc", "-T", "lint", "-W", "warning", file).run()
    #expect(lint.succeeded && lint.stdout.isEmpty && lint.stderr.isEmpty, "\(lint)")
    let text = try Command("sh", "-c", #"mandoc -T ascii "$0" | col -b"#, file).require()
    #expect(text.contains("EXIT STATUS") && !text.contains("\\"))
  }

  @Test func installs() throws {
    try withTemporaryDirectory { directory in
      let script = Self.repository.appending(path: "scripts/install-braidctl.sh").path
      for _ in 1...2 { try Command(script, Products.braidctl, directory["usr/bin"]).require() }
      #expect(try Command(directory["usr/bin/braidctl"], "--version").run().stdout == Braidctl.version + "\n")
      #expect(directory.list("usr/bin") == ["braidctl"])
      for file in [
        "man/man1/braidctl.1", "man/man8/braid.8", "bash-completion/completions/braidctl", "zsh/site-functions/_braidctl",
        "fish/vendor_completions.d/braidctl.fish",
      ] {
        let text = try String(contentsOfFile: directory["usr/share/" + file], encoding: .utf8)
        #expect(text.contains("braidctl"), "\(file)")
      }
    }
  }
}
