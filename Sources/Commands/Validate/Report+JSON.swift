import Diagnostics
import JSON

extension Report {
  /// The version of the report's form. It changes when a reader of the old form would misunderstand the new one.
  static let version = "braidctl/report/v1"

  /// The report for programs, in the form of `ReportSchema`.
  var json: JSON {
    [
      "reportVersion": .string(Self.version),
      "summary": [
        "errors": JSON(count(.error)), "warnings": JSON(count(.warning)), "allowed": JSON(allowed), "omitted": JSON(omitted),
      ],
      "policies": .array(entries.map(\.json)),
    ]
  }
}

extension Report.Entry {
  fileprivate var json: JSON {
    [
      "path": .string(path), "findings": .array(findings.map { .object($0.json) }),
      "allowed": .array(
        allowed.map {
          var object = $0.finding.json
          object["reason"] = .string($0.reason)
          return .object(object)
        }),
      "omitted": JSON(omitted),
    ]
  }
}

extension Diagnostic {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "code": .string(code.rawValue), "title": .string(code.title), "severity": .string(severity.rawValue),
      "message": .string(message),
    ]
    object.members += primary.json.members
    if let label { object["label"] = .string(label) }
    if let help { object["help"] = .string(help) }
    object["related"] = .array(
      secondary.map {
        var place = $0.span.json
        place["message"] = .string($0.label)
        return .object(place)
      })
    return object
  }
}

extension Span {
  fileprivate var json: JSONObject {
    var object: JSONObject = ["file": .string(file.path)]
    guard let range else { return object }
    func json(_ offset: Int) -> JSON {
      let position = file.position(of: offset)
      return ["line": JSON(position.line), "column": JSON(position.column), "offset": JSON(offset)]
    }
    object["range"] = ["start": json(range.lowerBound), "end": json(range.upperBound)]
    return object
  }
}
