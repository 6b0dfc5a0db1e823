import Diagnostics
import Foundation
import FoundationXML
import JSON
import TestSupport
import Testing

@testable import Commands

let commandsTests = URL(filePath: #filePath).deletingLastPathComponent()

/// The report about one policy, given as text.
func report(_ texts: (path: String, text: String)..., failOn: FailOn = .error) -> Report {
  Report(
    entries: texts.map {
      Report.Entry(path: $0.path, findings: Validation.findings(in: [SourceFile(path: $0.path, text: $0.text)]))
    }, failOn: failOn)
}

@Suite struct ReportTests {
  /// Names with characters that have a meaning in one of the formats.
  static let hostile = "a\"b'c<d>&]]>%0A,;:\n\r\t\u{7}\u{1b}[31m\u{202e}日😀\u{2028}\u{fffe}"

  static var mixed: Report {
    get throws {
      let text = try String(contentsOf: commandsTests.appending(path: "Reports/mixed.yaml"), encoding: .utf8)
      return report(("policies/mixed.yaml", text), ("policies/clean.yaml", clean))
    }
  }

  static let clean = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods:
        chain:
          - {type: bridge, bridge: br0, ipam: {type: host-local, subnet: 10.2.0.0/24}}
    rules:
      - {name: everyone, attach: [{network: pods}]}
    """

  @Test(arguments: ReportFormat.allCases) func golden(_ format: ReportFormat) throws {
    try Golden.expect(Self.mixed.rendered(format), equals: commandsTests.appending(path: "Reports/mixed.\(format.rawValue)"))
  }

  @Test(arguments: ReportFormat.allCases) func cleanGolden(_ format: ReportFormat) throws {
    try Golden.expect(
      report(("clean.yaml", Self.clean)).rendered(format),
      equals: commandsTests.appending(path: "Reports/clean.\(format.rawValue)"))
  }

  /// A finding that a comment allows is in the reports for programs, with the reason, and does not fail the run.
  @Test(arguments: ReportFormat.allCases) func allowedGolden(_ format: ReportFormat) throws {
    let text = Self.clean.replacing(
      "bridge: br0,", with: "bridge: br0, hairpin: true, comment: 9,"
    ).replacing(
      "24}}", with: "24}}  # braidctl: allow BRD0208: \"ours\" <knows> it")
    let report = report(("allowed.yaml", text), failOn: .warning)
    #expect(report.status == .clean && report.allowed == 2)
    try Golden.expect(report.rendered(format), equals: commandsTests.appending(path: "Reports/allowed.\(format.rawValue)"))
  }

  /// A report about a file and a text with hostile names. The finding has a second place.
  static var hostileReport: Report {
    let file = SourceFile(path: hostile, text: hostile)
    var findings = Findings()
    findings.append(
      Diagnostic(
        .unknownKey, hostile, at: Span(file, SourceRange(0..<3)), label: hostile,
        secondary: [.init(Span(file, SourceRange(5..<40)), hostile)], help: hostile))
    findings.append(Diagnostic(.noRules, hostile, at: Span(file, nil)))
    return Report(entries: [.init(path: hostile, findings: findings)], failOn: .error)
  }

  @Test func hostileNamesInXML() throws {
    let text = Self.hostileReport.junit
    let reader = CaseReader()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = reader
    #expect(parser.parse(), "\(text)")
    #expect(reader.failures == 2)
    // XML returns every character that it can hold.
    let holdable = Self.hostile.replacingOccurrences(of: "\u{7}", with: "\u{fffd}").replacingOccurrences(
      of: "\u{1b}", with: "\u{fffd}"
    )
    .replacingOccurrences(of: "\u{fffe}", with: "\u{fffd}")
    #expect(reader.suite?.unicodeScalars.elementsEqual(holdable.unicodeScalars) == true)
  }

  @Test func hostileNamesInJSON() throws {
    for json in [Self.hostileReport.json, Self.hostileReport.sarif] {
      #expect(try JSON(parsing: json.text(pretty: true)) == json)
    }
    let uri = URIReference.of(path: Self.hostile)
    #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && uri.removingPercentEncoding == Self.hostile)
    #expect(URIReference.of(path: "/etc/a b.yaml") == "file:///etc/a%20b.yaml")
  }

  /// Every finding is exactly one command, and no text ends its property early.
  @Test func hostileNamesForGitHub() throws {
    let lines = Self.hostileReport.github.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    for line in lines.dropLast() {
      #expect(line.hasPrefix("::error file=a\"b'c<d>&]]>%250A%2C;%3A%0A%0D\t"))
      #expect(!line.contains("\r"))
    }
  }

  /// An error is shown, however many warnings there are.
  @Test func errorsComeThrough() {
    let keys = (0..<3000).map { "# braidctl: allow X\($0): why\n" }.joined()
    let broken = keys + Self.clean.replacing("network: pods", with: "network: pdos")
    let file = SourceFile(path: "p", text: "")
    var findings = Validation.findings(in: [SourceFile(path: "p", text: broken)])
    #expect(findings.items.count == 500 && findings.omitted == 2501)
    for _ in 0..<2000 { findings.append(Diagnostic(.noRules, "m", at: Span(file, nil))) }
    let report = Report(entries: [.init(path: "p", findings: findings)], failOn: .error)
    #expect(report.count(.error) == 501 && report.omitted == 4001 && report.status == .findings)
  }

  /// The ends of ranges are in the units that the formats prescribe.
  @Test func regions() throws {
    let file = SourceFile(path: "p", text: "日😀: x\n  y: z\n")
    var findings = Findings()
    findings.append(Diagnostic(.syntax, "m", at: Span(file, SourceRange(3..<7))))
    findings.append(Diagnostic(.syntax, "m", at: Span(file, SourceRange(9..<14))))
    let report = Report(entries: [.init(path: "p", findings: findings)], failOn: .never)
    let results = try #require(report.sarif.object?["runs"]?.array?[0].object?["results"]?.array)
    let regions = results.map { $0.object?["locations"]?.array?[0].object?["physicalLocation"]?.object?["region"] }
    #expect(regions[0] == ["startLine": 1, "startColumn": 2, "endLine": 1, "endColumn": 3])
    #expect(regions[1] == ["startLine": 1, "startColumn": 5, "endLine": 2, "endColumn": 4])
    #expect(report.github.hasPrefix("::error file=p,line=1,endLine=1,col=2,endColumn=2,title="))
    #expect(report.github.contains("::error file=p,line=1,title="))
    #expect(report.status == .clean)
  }
}

/// Counts what a CI system would show.
private final class CaseReader: NSObject, XMLParserDelegate {
  var suite: String?
  var failures = 0

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) {
    if name == "testsuite" { suite = attributes["name"] }
    if name == "failure" { failures += 1 }
  }
}
