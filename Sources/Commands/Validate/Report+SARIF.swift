import Diagnostics
import JSON

extension Report {
  /// The report for code scanning: SARIF 2.1.0 (OASIS). Columns count Unicode code points from 1, as everywhere in Braid.
  var sarif: JSON {
    let findings = entries.flatMap { entry in
      entry.findings.map { ($0, String?.none) } + entry.allowed.map { ($0.finding, $0.reason) }
    }
    let codes = Set(findings.map(\.0.code)).sorted { $0.rawValue < $1.rawValue }
    let indices = Dictionary(uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
    let hasSuppressions = findings.contains { $0.1 != nil }
    let results = findings.map { (finding, reason) in
      finding.sarif(rule: indices[finding.code] ?? 0, reason: reason, hasSuppressions: hasSuppressions)
    }
    let isReadable = status != .unreadable
    return [
      "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "braidctl", "version": .string(Braidctl.version), "semanticVersion": .string(Braidctl.version),
              "rules": .array(codes.map(\.sarif)),
            ]
          ],
          "columnKind": "unicodeCodePoints",
          "invocations": [["executionSuccessful": .bool(isReadable), "exitCode": JSON(status.rawValue)]],
          "results": .array(results),
        ]
      ],
    ]
  }
}

extension DiagnosticCode {
  fileprivate var sarif: JSON {
    [
      "id": .string(rawValue), "shortDescription": ["text": .string(title)],
      "defaultConfiguration": ["level": .string(severity.rawValue)],
    ]
  }
}

extension Diagnostic {
  fileprivate func sarif(rule: Int, reason: String?, hasSuppressions: Bool) -> JSON {
    var object: JSONObject = [
      "ruleId": .string(code.rawValue), "ruleIndex": JSON(rule), "level": .string(severity.rawValue),
      "message": ["text": .string(message + (help.map { ". Help: \($0)" } ?? ""))],
      "locations": [["physicalLocation": primary.sarif]],
    ]
    if !secondary.isEmpty {
      object["relatedLocations"] = .array(
        secondary.enumerated().map { (i, other) in
          ["id": JSON(i + 1), "physicalLocation": other.span.sarif, "message": ["text": .string(other.label)]]
        })
    }
    // If one result says whether it is suppressed, all results have to (section 3.27.23).
    if hasSuppressions {
      object["suppressions"] = .array(reason.map { [["kind": "inSource", "justification": .string($0)]] } ?? [])
    }
    return .object(object)
  }
}

extension Span {
  fileprivate var sarif: JSON {
    var object: JSONObject = ["artifactLocation": ["uri": .string(URIReference.of(path: file.path))]]
    if let range {
      let (start, end) = (file.position(of: range.lowerBound), file.position(of: range.upperBound))
      object["region"] = [
        "startLine": JSON(start.line), "startColumn": JSON(start.column), "endLine": JSON(end.line),
        "endColumn": JSON(end.column),
      ]
    }
    return .object(object)
  }
}

/// Paths as URI references (RFC 3986).
enum URIReference {
  /// `file:///etc/a%20b.yaml` for an absolute path; a relative one stays relative.
  static func of(path: String) -> String {
    var out = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      let isPlain =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"): true
        default: false
        }
      let hex = String(byte, radix: 16, uppercase: true)
      out += isPlain ? String(UnicodeScalar(byte)) : "%" + (hex.count < 2 ? "0" : "") + hex
    }
    return out
  }
}
