import Foundation
import TestSupport
import Testing

@testable import Commands

@Suite struct CommandLineTests {
  /// The help of every command has an abstract and an example.
  @Test func everyCommandHasAnExample() {
    for command in Braidctl.configuration.subcommands {
      #expect(!command.configuration.abstract.isEmpty)
      #expect(HelpText.shown(command.configuration.discussion).contains("braidctl "), "\(command) has no example")
    }
  }

  /// The committed schemas are equal to the output of `schema`.
  @Test func schemas() throws {
    for (arguments, name) in [([], "policy"), (["--report"], "report")] {
      let output = try Command([Products.braidctl, "schema"] + arguments).run()
      #expect(output.succeeded && output.stderr.isEmpty)
      try Golden.expect(
        output.stdout, equals: URL(filePath: Products.repository).appending(path: "schemas/\(name).v1.schema.json"))
    }
  }

  /// The shells accept the completions, and bash completes the commands' names.
  @Test(arguments: ["bash", "zsh", "fish"]) func completions(_ shell: String) throws {
    let output = try Command([Products.braidctl, "completions", shell]).run()
    #expect(output.succeeded && output.stderr.isEmpty)
    for command in Braidctl.configuration.subcommands { #expect(output.stdout.contains(command._commandName)) }
    guard shell == "bash" || Command.find(shell) != nil else { return }
    var check = Command([shell, "-n"])
    check.input = Array(output.stdout.utf8)
    #expect(try check.run().succeeded)
  }

  @Test func bashCompletes() throws {
    let script = """
      source <("$0" completions bash)
      COMP_WORDS=(braidctl validate --fo) COMP_CWORD=2 COMP_LINE='braidctl validate --fo' COMP_POINT=22
      $(complete -p braidctl | sed 's/.*-F \\([^ ]*\\).*/\\1/') braidctl --fo validate && printf '%s\\n' "${COMPREPLY[@]}"
      """
    let output = try Command("bash", "-c", script, Products.braidctl).run()
    #expect(output.stdout.split(separator: "\n").contains { $0.hasPrefix("--format") }, "\(output)")
  }

  @Test func usage() throws {
    for arguments in [["frobnicate"], ["validate"], ["--colour"], ["schema", "x"], ["completions", "tcsh"]] {
      let output = try Command([Products.braidctl] + arguments).run()
      #expect(output.status == 2 && output.stdout.isEmpty && output.stderr.contains("Usage: braidctl"), "\(output)")
    }
    for arguments in [[], ["--help"], ["help", "validate"], ["validate", "--help"], ["--version"]] {
      let output = try Command([Products.braidctl] + arguments).run()
      #expect(output.status == 0 && output.stderr.isEmpty && !output.stdout.isEmpty, "\(output)")
    }
    #expect(try Command(Products.braidctl, "--version").run().stdout == Braidctl.version + "\n")
  }

  /// Examples are on one line each, however narrow the terminal is: a person copies them.
  @Test(arguments: ["explain", "validate", "render", "import", "try", "graph", "schema"]) func examplesAreNotWrapped(
    _ name: String
  ) throws {
    var command = Command([Products.braidctl, name, "--help"])
    command.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "50"]) { $1 }
    let help = try command.run().stdout
    let configuration = try #require(Braidctl.configuration.subcommands.first { $0._commandName == name }).configuration
    let examples = HelpText.shown(configuration.discussion).split(separator: "\n").filter { $0.hasPrefix("  ") }
    #expect(!examples.isEmpty && examples.allSatisfy { help.contains("\n\($0)\n") }, "\(help)")
    #expect(!help.contains("\u{a0}") && !help.contains("\u{2063}"))
  }

  @Test(arguments: [
    (["valdate", "x"], "did you mean \"validate\"?"), (["help", "explian"], "did you mean \"explain\"?"),
    (["policy.yaml"], "braidctl validate policy.yaml"), (["frobnicate"], "there is no command \"frobnicate\""),
  ]) func aMisspeltCommandIsNamed(_ arguments: [String], _ words: String) throws {
    let output = try Command([Products.braidctl] + arguments).run()
    #expect(output.status == 2 && output.stdout.isEmpty && output.stderr.contains(words), "\(output)")
  }

  /// A person may ask `braid` itself. A runtime sets CNI_COMMAND.
  @Test func braidTellsItsVersion() throws {
    #expect(try Command(Products.braid, "--version").run().stdout == "braid \(Braidctl.version)\n")
    try withTemporaryDirectory { directory in
      try FileManager.default.createSymbolicLink(atPath: directory["bridge"], withDestinationPath: Products.braid)
      #expect(try Command(directory["bridge"], "--version").run().stdout == "bridge of braid \(Braidctl.version)\n")
    }
    var call = Command([Products.braid, "--version"])
    call.environment = ["CNI_COMMAND": "VERSION"]
    #expect(try call.run().stdout.contains("supportedVersions"))
  }

  // MARK: - Exit status

  /// If the reader stops early, braidctl prints no error and its status does not change.
  @Test func closedPipe() throws {
    let script = #"set -o pipefail; "$0" schema | head -c 10 >/dev/null; echo "$?"; "$0" schema >&-; echo "$?""#
    let output = try Command("bash", "-c", script, Products.braidctl).run()
    #expect(output.stdout == "0\n3\n", "\(output)")
    #expect(output.stderr == "braidctl: the answer cannot be written: Bad file descriptor\n")
  }

  @Test func fullDevice() throws {
    let output = try Command("bash", "-c", #""$0" schema >/dev/full"#, Products.braidctl).run()
    #expect(
      output.status == 3 && output.stderr == "braidctl: the answer cannot be written: No space left on device\n", "\(output)")
  }

  /// An unexpected error is reported as a fault of braidctl.
  @Test func unexpectedError() {
    struct Strange: Error {}
    #expect(Braidctl.status { throw Strange() } == .internalError)
    #expect(Braidctl.status { throw ExitStatus.findings } == .findings)
    #expect(Braidctl.status {} == .clean)
  }

  /// The signal is sent when braidctl has opened the file that it waits for: by then it catches traps.
  @Test(arguments: ["ILL", "TRAP", "ABRT", "SEGV"]) func trap(_ signal: String) throws {
    let script = """
      mkfifo "$1" && exec 3<>"$1" && { "$0" validate "$1" 3>&- & } && pid=$!
      until grep -q '^braidctl' "/proc/$pid/comm" && [ -n "$(find "/proc/$pid/fd" -lname "$1")" ]; do
        kill -0 $pid || exit 99; sleep 0.01
      done
      kill -\(signal) $pid; wait $pid
      """
    try withTemporaryDirectory { directory in
      let output = try Command("bash", "-c", script, Products.braidctl, directory["fifo"]).run()
      #expect(output.status == 70 && output.stderr.hasSuffix(Fault.request), "\(output)")
    }
  }
}
