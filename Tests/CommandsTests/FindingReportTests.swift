import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import Commands

/// The output of `braidctl validate` for the policies of Tests/PolicyTests/Findings, in every format. Each code has at least one policy.
@Suite struct FindingReportTests {
  static let policies = URL(filePath: Products.repository).appending(path: "Tests/PolicyTests/Findings")
  static let goldens = commandsTests.appending(path: "Reports/Findings")

  /// The names of the policies with findings: files, directories, a missing file, and a file without an end.
  static let failing = names.filter { !$0.contains(".ok") } + ["nowhere.yaml", "/dev/zero"]
  /// The names of the policies with findings that comments allow.
  static let allowing = passing.filter { $0.hasPrefix("BRD04") }
  static let passing = names.filter { $0.contains(".ok") }

  private static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: policies.path)) ?? []).filter { !$0.hasSuffix(".txt") }.sorted()

  static func golden(of name: String) -> URL {
    let base = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    return goldens.appending(path: base.replacing("/", with: "-") + ".txt")
  }

  private static func title(_ format: ReportFormat) -> String { "==> --format \(format.rawValue)\n" }

  /// The part of a golden file for one format.
  static func report(_ name: String, _ format: ReportFormat) throws -> String {
    let text = try String(contentsOf: golden(of: name), encoding: .utf8)
    let rest = try #require(text.firstRange(of: title(format)).map { text[$0.upperBound...] })
    return String(rest.firstRange(of: "==> ").map { rest[..<$0.lowerBound] } ?? rest)
  }

  /// The reports with the policies' folder as working directory. In every format, the worst finding decides the exit status.
  @Test(arguments: failing + allowing) func golden(_ name: String) throws {
    var text = ""
    for format in ReportFormat.allCases {
      let output = try Command("env", "-C", Self.policies.path, Products.braidctl, "validate", "--format", format.rawValue, name)
        .run()
      let fails = output.stdout.split(separator: "\n").contains { $0.hasPrefix("error[") || $0.hasPrefix("::error ") }
      if [.text, .github].contains(format) {
        #expect(output.status == (name == "nowhere.yaml" ? 3 : fails ? 1 : 0), "\(output)")
      }
      if format == .text { text = "exit status \(output.status)\n\n" }
      #expect(output.stderr.isEmpty && text.hasPrefix("exit status \(output.status)\n"), "\(output)")
      text += Self.title(format) + output.stdout
    }
    try Golden.expect(text, equals: Self.golden(of: name))
  }

  /// For a correct policy, the answer only says that there are no findings.
  @Test(arguments: passing.filter { !allowing.contains($0) }) func clean(_ name: String) throws {
    let path = Self.policies.appending(path: name).path
    let report = Report(entries: [Validation.run(path)], failOn: .warning)
    #expect(report.status == .clean)
    for format in ReportFormat.allCases {
      let golden = try String(contentsOf: commandsTests.appending(path: "Reports/clean.\(format.rawValue)"), encoding: .utf8)
      #expect(report.rendered(format) == golden.replacing("clean.yaml", with: path))
    }
  }

  /// Every code occurs in a report, and every golden file belongs to a case.
  @Test func everyCode() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.goldens.path)
    #expect(files.count == Self.failing.count + Self.allowing.count)
    let texts =
      try files.map { try String(contentsOf: Self.goldens.appending(path: $0), encoding: .utf8) }
    // Only a list and a policy together have this finding: see RuntimeCapabilityTests.
    for code in DiagnosticCode.allCases where code != .missingCapability {
      #expect(texts.contains { $0.contains("[\(code.rawValue)]:") }, "\(code.rawValue)")
    }
  }
}
