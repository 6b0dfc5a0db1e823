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

  /// The shell's <(…) gives the path of a pipe.
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

  /// A runtime's configuration is checked like a policy's network, including the refusals of built-in plugins.
  @Test func runtimesConfiguration() throws {
    let text = #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge","mtu":12}]}"#
    try withTemporaryDirectory { directory in
      let output = try run(directory.write("a.conflist", text))
      #expect(output.status == 1 && output.stdout.contains("a.conflist:1:68\n") && output.stdout.contains("BRD0202"), "\(output)")
      #expect(try run(directory.write("b.conflist", text.replacing("12", with: "1400"))).stdout == "no findings\n")
      #expect(try run("-", input: text).stdout.contains("BRD0202"))
    }
  }

  /// Findings of a directory come in the order of its files, whichever check finds them.
  @Test func severalFilesSorted() throws {
    let broken = "apiVersion: braid/v1\nkind: Policy\nrules: [{name: x, attach: [{network: pods, mtus: 1}]}]\n"
    try withTemporaryDirectory { directory in
      try directory.write("whole/a.yaml", Self.warned)
      try directory.write("whole/b.yaml", broken)
      try directory.write("whole/a.yml", "")
      let lines = try run(directory["whole"]).stdout.split(separator: "\n").filter { $0.contains("--> ") }
      #expect(
        lines.map { String($0.split(separator: "/").last ?? "") } == ["a.yaml:6:37", "a.yml", "b.yaml:3:16", "b.yaml:3:44"])
    }
  }

  @Test func colour() throws {
    let escape = "\u{1b}"
    #expect(!(try run("-", input: Self.broken).stdout.contains(escape)))
    #expect(try run("--color", "always", "-", input: Self.broken).stdout.contains(escape))
    #expect(!(try run("--color", "never", "-", input: Self.broken).stdout.contains(escape)))
  }

  /// A value that a built-in plugin would refuse at an ADD is found once, at its key. Values of external plugins are not.
  @Test func delegates() throws {
    func codes(_ old: String, _ new: String) -> [String] {
      report(("p.yaml", ReportTests.clean.replacing(old, with: new))).entries[0].findings.map(\.oneLine)
    }
    #expect(
      codes("10.2.0.0/24", "10.2.0.0/33") == [
        #"p.yaml:6:70: BRD0202: network "pods", host-local: subnet: invalid CIDR address: 10.2.0.0/33: the prefix length goes from 0 "#
          + "to 32; write an address and a prefix length, such as 10.1.0.0/16"
      ])
    #expect(codes("bridge: br0", "mtu: 12").count == 1)
    // The policy's own checks find this already; it must not be reported twice.
    let reversed = codes("10.2.0.0/24", "10.2.0.0/24, rangeStart: 10.2.0.9, rangeEnd: 10.2.0.3")
    #expect(reversed.count == 1 && reversed[0].contains("BRD0212"), "\(reversed)")
    let external = codes("{type: bridge, bridge: br0", "{type: vlan, master: eth1, vlanId: 7, mtu: x")
    #expect(external.count == 1 && external[0].contains("BRD0219"), "\(external)")
    #expect(codes("{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.2.0.0/24}}", "{type: mine, ipam: 3}") == [])
  }

  /// A wrong value does not hide another one, whichever check finds them. Nothing is reported twice.
  @Test func allAtOnce() {
    let entry =
      "{type: bridge, hairpinMode: true, promiscMode: true, macspoofchk: true, mtu: 12, vlan: x, ipam: {type: host-local}}"
    let text = ReportTests.clean.replacing(
      "{type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.2.0.0/24}}", with: entry)
    let found = report(("p.yaml", text)).entries[0].findings
    #expect(found.map(\.code.rawValue) == Array(repeating: "BRD0202", count: 5), "\(found.map(\.oneLine))")
    #expect(found.filter { $0.message.contains("spoofed") }.count == 1)
  }

  /// A runtime's list may call the reference plugin, which accepts values that Braid's own plugin does not support yet.
  @Test func whatOnlyTheReferenceDoes() {
    let text = #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"bridge","ipMasqBackend":"iptables","macspoofchk":true}]}"#
    let found = report(("a.conflist", text)).entries[0].findings
    #expect(
      found.map(\.code.rawValue) == ["BRD0219", "BRD0219"] && found.allSatisfy { $0.severity == .warning && $0.help != nil })
    let wrong = report(("a.conflist", text.replacing("}]}", with: #","mtu":12}]}"#))).entries[0].findings
    #expect(wrong.map(\.code.rawValue) == ["BRD0219", "BRD0219", "BRD0202"])
    let policy = report(("p.yaml", ReportTests.clean.replacing("bridge: br0", with: "macspoofchk: true"))).entries[0].findings
    #expect(policy.map(\.code.rawValue) == ["BRD0202"])
  }

  /// Braid's own configuration in a runtime's list, whatever the file is called.
  @Test(arguments: [
    (#""policy":"/etc/braid""#, [String]()), (#""policy":"braid.yaml""#, ["BRD0202"]), (#""timeLimit":0"#, ["BRD0202"]),
    (#""polic":"/etc/braid""#, ["BRD0208"]), (#""stateDir":7"#, ["BRD0202"]),
  ])
  func braidItself(_ keys: String, _ codes: [String]) {
    let text = #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"braid",\#(keys)}]}"#
    #expect(report(("10-braid", text)).entries[0].findings.map(\.code.rawValue) == codes)
    let second = text.replacing("}]", with: #"},{"type":"bridge"}]"#)
    #expect(report(("10-braid", second)).entries[0].findings.map(\.code.rawValue) == codes + ["BRD0207"])
  }

  // MARK: - Input of every kind

  /// On a terminal, the validation of a large policy shows its progress and removes the line at the end.
  @Test(.needs(program: "script")) func progress() throws {
    try withTemporaryDirectory { directory in
      let large = try directory.write("large.yaml", ReportTests.clean + "\n" + String(repeating: "# filler\n", count: 120_000))
      let small = try directory.write("small.yaml", ReportTests.clean)
      func onTerminal(_ file: String, _ terminal: String) throws -> String {
        try Command(
          "env", "TERM=\(terminal)", "script", "-qec", "'\(Products.braidctl)' validate '\(file)'", "/dev/null"
        ).require()
      }
      let shown = try onTerminal(large, "xterm")
      // On a narrow terminal the line must not wrap: nobody would clear its first part.
      #expect(shown.contains("\r\u{1b}[K\u{1b}[?7l\(large): checking ...\u{1b}[?7h"))
      #expect(shown.hasSuffix("\r\u{1b}[Kno findings\r\n"), "\(shown)")
      #expect(try onTerminal(small, "xterm") == "no findings\r\n")
      #expect(try onTerminal(large, "dumb") == "no findings\r\n")
      #expect(try run(large).stderr.isEmpty)
    }
  }

  @Test func hostileInput() throws {
    try withTemporaryDirectory { directory in
      let binary = try directory.write("binary.yaml", "\u{0}\u{1}\u{7f}ELF")
      let deep = try directory.write("deep.yaml", String(repeating: "[", count: 1_000_000))
      let deepJSON = try directory.write("deep.conf", String(repeating: #"{"a":"#, count: 1_000_000))
      let lines = String(repeating: "# braidctl: allow X,Y,BRD0104: z\n", count: 5_000)
      let comments = try directory.write("comments.yaml", lines + ReportTests.clean)
      for i in 0...1000 { try directory.write("many/\(i).yaml", "") }
      let table: [(arguments: [String], status: Int32, code: String)] = [
        ([directory["many"]], 1, "BRD0003"), ([binary], 1, "BRD0011"), ([deep], 1, "BRD0023"), ([deepJSON], 1, "BRD0023"),
        (["--fail-on", "warning", comments], 1, "BRD0403"),
        (["/dev/zero"], 1, "BRD0002"), (["/dev/null"], 1, "BRD0015"), (["/proc/self/mem"], 3, "BRD0001"), ([""], 3, "BRD0001"),
        ([directory["absent"]], 3, "BRD0001"), ([directory["binary.yaml/x"]], 3, "BRD0001"), (["/proc/self/fd"], 1, "BRD0003"),
      ]
      for (arguments, status, code) in table {
        let output = try Command([Products.braidctl, "validate"] + arguments).run()
        #expect(
          output.status == status && output.stdout.contains(code) && output.stderr.isEmpty, "\(output.description.prefix(500))")
      }
    }
  }

  /// A FIFO without a writer counts as an empty file. braidctl must not wait for a writer for ever.
  @Test func fifo() throws {
    try withTemporaryDirectory { directory in
      try Command("mkfifo", directory["fifo"]).require()
      let output = try run(directory["fifo"])
      #expect(output.status == 1 && output.stdout.contains("BRD0015"), "\(output)")
    }
  }

  /// A policy of 100,000 lines.
  @Test func large() throws {
    var text = ReportTests.clean.replacing("rules:", with: "rules:\n")
    for i in 0..<16_700 {
      let rule = """
        \n  - name: rule-\(i)
            match:
              namespaces: [team-\(i), "team-\(i)-*"]
              pods: ["app-\(i)-*"]
            attach:
              - network: pods
        """
      text += rule
    }
    text += "\n  - name: rule-7\n    attach: [{network: pdos}]\n"
    // The rule that matches every Pod has to be the last one.
    text = text.replacing("- {name: everyone, attach: [{network: pods}]}", with: "")
    try withTemporaryDirectory { directory in
      let output = try run(directory.write("large.yaml", text))
      #expect(
        output.stdout.contains("large.yaml:100211:") && output.stdout.hasSuffix("2 errors\n"),
        "\(output.description.suffix(2000))")
    }
  }
}
