import Foundation
import JSON
import TestSupport
import Testing

@testable import Commands

/// Independent programs check the reports (PyPI's check-jsonschema, junitparser, pydantic-sarif).
@Suite(.needs(program: "check-jsonschema")) struct ReportAcceptanceTests {
  static let schema = Products.repository + "/schemas/report.v1.schema.json"

  /// A report that uses every part of a report's form, and the number of failures in it.
  static func reports() throws -> [(report: Report, failures: Int)] {
    let allowed = ReportTests.clean.replacing("bridge: br0,", with: "hairpin: true,").replacing(
      "24}}", with: "24}}  # braidctl: allow BRD0208: ours knows it")
    let both = allowed.replacing("network: pods", with: "network: pdos")
    return [
      (try ReportTests.mixed, 4), (ReportTests.hostileReport, 2), (report(("clean.yaml", ReportTests.clean)), 0),
      (report(("allowed.yaml", allowed), ("both.yaml", both)), 1), (report(("none.yaml", "")), 1),
      (Report(entries: [Validation.run("/proc/nowhere.yaml")], failOn: .error), 1), (Report(entries: [], failOn: .error), 0),
    ]
  }

  @Test(arguments: [ReportFormat.sarif, .junit]) func accepted(_ format: ReportFormat) throws {
    try withTemporaryDirectory { directory in
      for (report, failures) in try Self.reports() {
        let file = try directory.write("report", report.rendered(format))
        let output = try python([format.rawValue, file])
        #expect(output.succeeded && output.stdout == "\(failures)\n", "\(output)")
      }
    }
  }

  /// The same for every kind of finding, with the policies of the golden files.
  @Test func everyFindingIsAccepted() throws {
    try withTemporaryDirectory { directory in
      var files: [ReportFormat: [String]] = [:]
      var errors = ""
      for (i, name) in (FindingReportTests.failing + FindingReportTests.allowing).enumerated() {
        for format in [ReportFormat.json, .sarif, .junit] {
          let report = try FindingReportTests.report(name, format)
          files[format, default: []].append(try directory.write("\(i).\(format.rawValue)", report))
          guard format == .json else { continue }
          errors += try #require(JSON(parsing: report).object?["summary"]?.object?["errors"]).text() + "\n"
        }
      }
      for format in [ReportFormat.sarif, .junit] {
        let output = try python([format.rawValue] + (files[format] ?? []))
        #expect(output.succeeded && output.stdout == errors, "\(output)")
      }
      let output = try Command(["check-jsonschema", "--schemafile", Self.schema] + (files[.json] ?? [])).run()
      #expect(output.succeeded, "\(output)")
    }
  }

  /// Runs the Python of the virtual environment that has the packages.
  private func python(_ arguments: [String]) throws -> Command.Output {
    let validator = try #require(Command.find("check-jsonschema")) as NSString
    let python = validator.deletingLastPathComponent + "/python3"
    return try Command([python, commandsTests.appending(path: "check-reports.py").path] + arguments).run()
  }

  @Test func jsonFitsItsSchema() throws {
    try withTemporaryDirectory { directory in
      var files: [String] = []
      for (i, (report, _)) in try Self.reports().enumerated() {
        files.append(try directory.write("\(i).json", report.rendered(.json)))
      }
      let output = try Command(["check-jsonschema", "--schemafile", Self.schema] + files).run()
      #expect(output.succeeded, "\(output)")
    }
  }

  /// The schema refuses a report if any key is renamed.
  @Test func schemaIsStrict() throws {
    let text = try ReportTests.mixed.rendered(.json)
    try withTemporaryDirectory { directory in
      for key in ["reportVersion", "errors", "path", "code", "file", "range", "line", "related", "omitted"] {
        let file = try directory.write("\(key).json", text.replacing("\"\(key)\":", with: "\"\(key)s\":"))
        let output = try Command("check-jsonschema", "--schemafile", Self.schema, file).run()
        #expect(output.status == 1, "\(key): \(output)")
      }
    }
  }
}
