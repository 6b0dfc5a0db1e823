import Foundation
import PluginModel
import TestSupport
import Testing

@testable import Policy

/// Documents and scripts describe the sources as they are.
@Suite struct LayoutTests {
  private static func text(_ path: String) throws -> String {
    try String(contentsOfFile: Products.repository + "/" + path, encoding: .utf8)
  }

  private static func layout(_ arguments: String..., in repository: String = Products.repository) throws -> Command.Output {
    try Command([repository + "/scripts/layout.py"] + arguments).run()
  }

  /// The cells of those rows of Markdown tables whose first cell begins with a word in backquotes.
  private static func rows(_ text: String) -> [[String]] {
    text.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }
      .map { $0.components(separatedBy: "|").dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) } }
  }

  private static func words(_ cell: String) -> [String] { cell.matches(of: /`([^`]+)`/).map { String($0.output.1) } }

  /// The table of docs/architecture.md has every module of Package.swift, with the same dependencies.
  @Test(.needs(program: "python3")) func modules() throws {
    let section = try #require(
      Self.text("docs/architecture.md").components(separatedBy: "\n## ").first { $0.hasPrefix("The modules") })
    var documented: [String: [String]] = [:]
    for row in Self.rows(section) {
      for name in Self.words(row[0]) {
        #expect(documented[name] == nil, "\(name)")
        documented[name] = row[2].split(separator: ", ").map(String.init).sorted()
      }
    }
    var declared: [String: [String]] = [:]
    for line in try Self.layout("modules").stdout.split(separator: "\n") {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      declared[String(parts[0])] = parts[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
        !$0.isEmpty
      }.sorted()
    }
    #expect(declared.count > 12 && documented == declared)
  }

  /// The modules that read and check a policy do not depend on libmnl, so they can run on machines without it.
  @Test func checkingPoliciesNeedsNoKernel() throws {
    var imports: [String: [String]] = [:]
    for line in try Self.layout("modules").stdout.split(separator: "\n") {
      let parts = line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
      imports[parts[0]] = parts.count > 1 ? parts[1].components(separatedBy: ", ") : []
    }
    func all(_ module: String) -> Set<String> {
      (imports[module] ?? []).reduce(into: [module]) { $0.formUnion(all($1)) }
    }
    #expect(all("Policy").isDisjoint(with: ["CMnl", "Netlink", "Plugins", "Engine"]) && all("Policy").contains("PluginModel"))
    #expect(all("Engine").contains("CMnl"))
  }

  /// CONTRIBUTING.md lists every target of the Makefile, and no other.
  @Test func targets() throws {
    let phony = try #require(Self.text("Makefile").firstMatch(of: /\.PHONY: (.*)/)).output.1.split(separator: " ").map(
      String.init)
    let listed = try Self.rows(Self.text("CONTRIBUTING.md")).flatMap { Self.words($0[0]) }.filter { $0.hasPrefix("make ") }
      .map { String($0.split(separator: " ")[1]) }
    #expect(listed.sorted() == phony.sorted())
    let rules = try Self.text("Makefile").matches(of: /(?m)^([a-z-]+):(?!=)/).map { String($0.output.1) }
    #expect(rules.sorted() == phony.sorted())
  }

  /// The installer's links are the built-in plugins.
  @Test(.needs(program: "make")) func links() throws {
    let builtIn = Plugin.all.filter(\.isBuiltIn).map(\.type).sorted()
    let script = try Command(Products.repository + "/scripts/links.sh").require()
    #expect(script.split(separator: "\n").map(String.init).sorted() == builtIn)
    func installed(_ arguments: String...) throws -> [String] {
      let output = try Command(
        ["make", "-s", "-n", "-C", Products.repository, "install", "PREFIX=/x", "PREFIX_BIN="] + arguments
      ).require()
      return output.split(separator: "\n").first { $0.contains("install.sh") }?.split(separator: " ").drop { $0 != "/x/bin" }
        .dropFirst().map(String.init).sorted() ?? []
    }
    #expect(try installed() == builtIn && installed("LINKS=") == [] && installed("LINKS=bridge") == ["bridge"])
  }

  // MARK: - scripts/layout.py

  /// The script finds the types that the program knows.
  @Test(.needs(program: "python3")) func types() throws {
    let known = ([Plugin.braid] + Plugin.all).map(\.type)
    #expect(try Self.layout("types").stdout.split(separator: "\n").map(String.init).sorted() == known.sorted())
  }

  @Test(.needs(program: "python3")) func holds() throws {
    let output = try Self.layout()
    #expect(output.succeeded && output.stderr.isEmpty, "\(output.stderr)")
  }

  /// Each case is a line that is added to a file, and the message of the script about it.
  @Test(
    .needs(program: "python3"),
    arguments: [
      (
        "Sources/YAML/New.swift", "import Policy",
        "Sources/YAML/New.swift:1: YAML imports Policy, which Package.swift does not let it"
      ),
      (
        "Sources/CNI/New.swift", "@preconcurrency package import struct Foundation.Data",
        "New.swift:1: CNI imports Foundation, which"
      ),
      (
        "Sources/Engine/New.swift", "let isOurs = type == \"ptp\"",
        "New.swift:1: the plugin \"ptp\" is named outside its room: ask its facts"
      ),
      ("Sources/Policy/Model/New.swift", "let lint: PolicyLint?", "New.swift:1: names PolicyLint of Lint, which is above Model"),
      ("Package.swift", "module(\"JSON\", [\"CNI\"]),", "JSON depends on CNI, which is above it in docs/architecture.md"),
      ("Package.swift", "module(\"JSON\", [\"CNI\"]),", "a cycle: JSON -> CNI -> JSON"),
      ("Sources/Newcomer/New.swift", "", "Sources/Newcomer: no module of Package.swift"),
    ])
  func finds(_ file: String, _ line: String, _ message: String) throws {
    try withTemporaryDirectory { directory in
      let files = ["Package.swift", "Sources", "scripts", "docs"].map { Products.repository + "/" + $0 }
      try Command(["cp", "-r"] + files + [directory.path]).require()
      let url = URL(filePath: directory[file])
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let old = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
      try (old + line + "\n").write(to: url, atomically: true, encoding: .utf8)
      let output = try Self.layout(in: directory.path)
      #expect(!output.succeeded && output.stderr.contains(message), "\(output.stderr)")
    }
  }

  /// A plugin's type in a comment or in a longer text is allowed.
  @Test(.needs(program: "python3"), arguments: ["// \"ptp\"", "let a = \"a ptp\" // \"ptp\"", "let a = \"https://a/\", ptp = 1"])
  func passes(_ line: String) throws {
    try withTemporaryDirectory { directory in
      let files = ["Package.swift", "Sources", "scripts", "docs"].map { Products.repository + "/" + $0 }
      try Command(["cp", "-r"] + files + [directory.path]).require()
      try directory.write("Sources/Engine/New.swift", line + "\n")
      let output = try Self.layout(in: directory.path)
      #expect(output.succeeded, "\(output.stderr)")
    }
  }
}
