import Diagnostics

extension Report {
  /// The report for CI systems that show test results: a suite per policy, a case per finding. A finding that does not fail the run is a
  /// passing case.
  var junit: String {
    let failures = entries.reduce(0) { $0 + $1.findings.count(where: fails) }
    let tests = entries.reduce(0) { $0 + max(1, $1.findings.count) }
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<testsuites name="braidctl validate" tests="\#(tests)" failures="\#(failures)" errors="0">"#,
    ]
    for entry in entries { lines += suite(entry) }
    return (lines + ["</testsuites>", ""]).joined(separator: "\n")
  }

  private func suite(_ entry: Entry) -> [String] {
    let failures = entry.findings.count(where: fails)
    let tests = max(1, entry.findings.count)
    var lines = [
      #"  <testsuite name="\#(XML.attribute(entry.path))" tests="\#(tests)" failures="\#(failures)" errors="0" skipped="0">"#
    ]
    if entry.findings.isEmpty {
      lines.append(#"    <testcase name="no findings" classname="\#(XML.attribute(entry.path))"/>"#)
    }
    for finding in entry.findings { lines += testcase(finding) }
    return lines + ["  </testsuite>"]
  }

  private func testcase(_ finding: Diagnostic) -> [String] {
    let name = XML.attribute("\(finding.code.rawValue) \(finding.primary.description)")
    let file = XML.attribute(finding.primary.file.path)
    let line = finding.primary.position.map { #" line="\#($0.line)""# } ?? ""
    let text = XML.text(Renderer().render(finding))
    let body =
      fails(finding)
      ? #"<failure message="\#(XML.attribute(finding.message))" type="\#(finding.code.rawValue)">\#(text)</failure>"#
      : "<system-out>\(text)</system-out>"
    return [#"    <testcase name="\#(name)" classname="\#(file)" file="\#(file)"\#(line)>"#, "      \(body)", "    </testcase>"]
  }
}

/// Escapes texts for XML 1.0. Most control characters are replaced, because XML 1.0 does not allow them even in escaped form.
enum XML {
  /// Escapes a value in double quotes. Line breaks and tabs are escaped too, because readers turn them into blanks.
  static func attribute(_ text: String) -> String { escaped(text, keepsBreaks: false) }

  static func text(_ text: String) -> String { escaped(text, keepsBreaks: true) }

  private static func escaped(_ text: String, keepsBreaks: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\t", "\n", "\r":
        if keepsBreaks, scalar != "\r" { out.unicodeScalars.append(scalar) } else { out += "&#\(scalar.value);" }
      default: out.unicodeScalars.append(isAllowed(scalar.value) ? scalar : "\u{fffd}")
      }
    }
    return out
  }

  /// `Char` of XML 1.0, section 2.2.
  private static func isAllowed(_ value: UInt32) -> Bool { (0x20...0xfffd).contains(value) || value >= 0x10000 }
}
