import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing

@testable import Commands

/// What `braidctl validate` prints of the policies of Tests/PolicyTests/Findings, one or more for every code, in every format.
@Suite struct FindingReportTests {
  static let policies = URL(filePath: Products.repository).appending(path: "Tests/PolicyTests/Findings")
  static let goldens = commandsTests.appending(path: "Reports/Findings")

  /// Those with findings, by name: files, directories, and what is not there or has no end.
  static let failing = names.filter { !$0.contains(".ok") } + ["nowhere.yaml", "/dev/zero"]
  /// Those with findings that comments allow.
  static let allowing = passing.filter { $0.hasPrefix("BRD04") }
  static let passing = names.filter { $0.contains(".ok") }

  private static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: policies.path)) ?? []).filter { !$0.hasSuffix(".txt") }.sorted()

  static func golden(of name: String) -> URL {
    let base = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    return goldens.appending(path: base.replacing("/", with: "-") + ".txt")
  }

  private static func title(_ format: ReportFormat) -> String { "==> --format \(format.rawValue)\n" }

  /// A format's part of a golden file.
  static func report(_ name: String, _ format: ReportFormat) throws -> String {
    let text = try String(contentsOf: golden(of: name), encoding: .utf8)
    let rest = try #require(text.firstRange(of: title(format)).map { text[$0.upperBound...] })
    return String(rest.firstRange(of: "==> ").map { rest[..<$0.lowerBound] } ?? rest)
  }

  /// As a person who stands in the policies' folder gets them. The exit status is that of the worst finding, whatever the format.
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

  /// Nothing is said of what is right but that there is nothing.
  @Test(arguments: passing.filter { !allowing.contains($0) }) func clean(_ name: String) throws {
    let path = Self.policies.appending(path: name).path
    let report = Report(entries: [Validation.run(path)], failOn: .warning)
    #expect(report.status == .clean)
    for format in ReportFormat.allCases {
      let golden = try String(contentsOf: commandsTests.appending(path: "Reports/clean.\(format.rawValue)"), encoding: .utf8)
      #expect(report.rendered(format) == golden.replacing("clean.yaml", with: path))
    }
  }

  /// Every code is in some report, and no golden is of a case that is no more.
  @Test func everyCode() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.goldens.path)
    #expect(files.count == Self.failing.count + Self.allowing.count)
    let texts =
      try files.map { try String(contentsOf: Self.goldens.appending(path: $0), encoding: .utf8) }
    for code in DiagnosticCode.allCases { #expect(texts.contains { $0.contains("[\(code.rawValue)]:") }, "\(code.rawValue)") }
  }
}
