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

  /// A plugin that stands in the directory stays, unless the link is named. Then it is kept beside, and comes back.
  @Test(.needs(program: "make")) func othersPluginsAreKept() throws {
    try withTemporaryDirectory { directory in
      for name in ["bridge", "macvlan"] { try directory.write("cni/bin/\(name)", "reference \(name)", mode: 0o755) }
      try FileManager.default.createSymbolicLink(atPath: directory["cni/bin/ptp"], withDestinationPath: "reference-ptp")
      let bin = directory["cni/bin"]
      func link(_ name: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(bin)/\(name)") }
      func run(_ script: String, _ arguments: String...) throws -> String {
        let output = try Command([Self.repository.appending(path: "scripts/\(script)").path] + arguments).run()
        #expect(output.succeeded, "\(output)")
        return output.stderr
      }
      for _ in 1...2 {
        let said = try run("install.sh", Products.braid, bin, "bridge", "macvlan", "ptp", "host-local")
        for name in ["bridge", "macvlan", "ptp"] { #expect(said.contains("\(bin)/\(name) stays")) }
        #expect(try directory.read("cni/bin/bridge") == "reference bridge" && link("ptp") == "reference-ptp")
        #expect(link("host-local") == "braid" && directory.list("cni/bin").count == 5)
      }
      for _ in 1...2 {
        _ = try run("install.sh", "--replace", Products.braid, bin, "bridge", "ptp")
        #expect(link("bridge") == "braid" && link("ptp") == "braid" && link("ptp.before-braid") == "reference-ptp")
        #expect(try directory.read("cni/bin/bridge.before-braid") == "reference bridge")
      }
      _ = try run("uninstall.sh", bin)
      #expect(directory.list("cni/bin").sorted() == ["bridge", "macvlan", "ptp"] && link("ptp") == "reference-ptp")
      #expect(try directory.read("cni/bin/bridge") == "reference bridge")
      _ = try run("uninstall.sh", bin)
    }
  }

  /// Only `LINKS` of the command line or of the environment replaces.
  @Test(.needs(program: "make"), arguments: [([], false), (["LINKS=bridge"], true), (["LINKS="], true)] as [([String], Bool)])
  func namingALinkReplaces(_ arguments: [String], _ replaces: Bool) throws {
    let output = try Command(["make", "-s", "-n", "-C", Products.repository, "install", "PREFIX=/x", "PREFIX_BIN="] + arguments)
      .require()
    #expect(output.contains("--replace") == replaces, "\(output)")
  }

  @Test func uninstalls() throws {
    try withTemporaryDirectory { directory in
      let scripts = Self.repository.appending(path: "scripts").path
      try directory.write("usr/share/man/man1/other.1", "a page")
      try Command("\(scripts)/install-braidctl.sh", Products.braidctl, directory["usr/bin"]).require()
      for _ in 1...2 { try Command("\(scripts)/uninstall-braidctl.sh", directory["usr/bin"]).require() }
      let files = try FileManager.default.subpathsOfDirectory(atPath: directory["usr"]).filter {
        $0.contains(".") || $0.contains("braid")
      }
      #expect(files.filter { !$0.hasSuffix(".d") } == ["share/man/man1/other.1"])
    }
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
