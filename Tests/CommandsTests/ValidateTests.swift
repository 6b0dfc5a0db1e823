import Foundation
import TestSupport
import Testing

@testable import Commands

/// `braidctl validate` from outside.
@Suite struct ValidateTests {
  static let warned = ReportTests.clean.replacing("bridge: br0,", with: "bridge: br0, hairpin: true,")
  static let broken = ReportTests.clean.replacing("network: pods", with: "network: pdos")

  func run(_ arguments: String..., input: String = "") throws -> Command.Output {
    var command = Command([Products.braidctl, "validate"] + arguments)
    command.input = Array(input.utf8)
    return try command.run()
  }

  @Test(arguments: ReportFormat.allCases.map(\.rawValue)) func exitStatus(_ format: String) throws {
    try withTemporaryDirectory { directory in
      let clean = try directory.write("clean.yaml", ReportTests.clean)
      let warned = try directory.write("warned.yaml", Self.warned)
      let broken = try directory.write("broken.yaml", Self.broken)
      let table: [(arguments: [String], status: Int32)] = [
        ([clean], 0), ([warned], 0), ([broken], 1), ([clean, broken], 1), (["--fail-on", "warning", clean], 0),
        (["--fail-on", "warning", warned], 1), (["--fail-on", "never", broken], 0), ([directory["none.yaml"]], 3),
        (["--fail-on", "never", directory["none.yaml"], broken], 3), ([broken, "/proc/self/mem"], 3), ([], 2),
        (["--fail-on", "all", clean], 2), (["--formats", clean], 2),
      ]
      for (arguments, status) in table {
        let output = try Command([Products.braidctl, "validate", "--format", format] + arguments).run()
        #expect(output.status == status, "\(output)")
        #expect(status == 2 ? output.stdout.isEmpty && !output.stderr.isEmpty : output.stderr.isEmpty, "\(output)")
      }
    }
  }

  @Test func standardInput() throws {
    #expect(try run("-", input: ReportTests.clean).stdout == "no findings\n")
    let output = try run("-", input: Self.broken)
    #expect(output.status == 1 && output.stdout.contains("--> <stdin>:8:41\n"), "\(output)")
    #expect(try run("-").stdout.contains("BRD0015"))
  }

  /// The shell's <(…) is a pipe by name.
  @Test func pipe() throws {
    let output = try Command(
      "bash", "-c", "exec \"$0\" validate <(sleep 0.2; printf '%s' \"$1\")", Products.braidctl, Self.broken
    ).run()
    #expect(output.status == 1 && output.stdout.contains("BRD0303"), "\(output)")
  }

  /// One directory is one policy, two files are two.
  @Test func severalFiles() throws {
    try withTemporaryDirectory { directory in
      let parts = Self.broken.split(separator: "rules:")
      try directory.write("whole/a.yaml", String(parts[0]))
      try directory.write("whole/b.yaml", "apiVersion: braid/v1\nkind: Policy\nrules:" + parts[1].replacing("pdos", with: "pods"))
      #expect(try run(directory["whole"]).stdout == "no findings\n")
      let apart = try run(directory["whole/a.yaml"], directory["whole/b.yaml"])
      #expect(apart.status == 1 && apart.stdout.hasSuffix("2 errors\n"), "\(apart)")
    }
  }

  /// What a runtime would load is checked like a policy's network, its built-in plugins' own refusals included.
  @Test func runtimesConfiguration() throws {
    let text = #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge","mtu":12}]}"#
    try withTemporaryDirectory { directory in
      let output = try run(directory.write("a.conflist", text))
      #expect(output.status == 1 && output.stdout.contains("a.conflist:1:68\n") && output.stdout.contains("BRD0202"), "\(output)")
      #expect(try run(directory.write("b.conf", text.replacing("12", with: "1400"))).stdout == "no findings\n")
      #expect(try run("-", input: text).stdout.contains("BRD0202"))
    }
  }

  @Test func colour() throws {
    let escape = "\u{1b}"
    #expect(!(try run("-", input: Self.broken).stdout.contains(escape)))
    #expect(try run("--color", "always", "-", input: Self.broken).stdout.contains(escape))
    #expect(!(try run("--color", "never", "-", input: Self.broken).stdout.contains(escape)))
  }

  /// What a built-in plugin refuses at an ADD is found, once, at its key; what is in another process is left alone.
  @Test func delegates() throws {
    func codes(_ old: String, _ new: String) -> [String] {
      report(("p.yaml", ReportTests.clean.replacing(old, with: new))).entries[0].findings.map(\.oneLine)
    }
    #expect(
      codes("10.2.0.0/24", "10.2.0.0/33") == [
        #"p.yaml:6:70: BRD0202: network "pods", bridge: ipam.subnet: invalid CIDR address: 10.2.0.0/33: the prefix length goes from 0 to 32"#
      ])
    #expect(codes("bridge: br0", "mtu: 12").count == 1)
    // Said by the policy's own checks: not twice.
    let reversed = codes("10.2.0.0/24", "10.2.0.0/24, rangeStart: 10.2.0.9, rangeEnd: 10.2.0.3")
    #expect(reversed.count == 1 && reversed[0].contains("BRD0212"), "\(reversed)")
    #expect(codes("{type: bridge, bridge: br0", "{type: ptp, mtu: x") == [])
    #expect(codes("{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.2.0.0/24}}", "{type: mine, ipam: 3}") == [])
  }
}
