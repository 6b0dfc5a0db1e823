import Diagnostics

extension Report {
  /// The report as GitHub workflow commands, which show findings beside the lines of a pull request.
  var github: String {
    entries.flatMap(\.findings).map { finding in
      let properties = finding.primary.properties + [("title", "\(finding.code.rawValue): \(finding.code.title)")]
      let fields = properties.map { "\($0.0)=\(Self.escaped($0.1, isProperty: true))" }.joined(separator: ",")
      let text = finding.message + (finding.help.map { "\n\($0)" } ?? "")
      return "::\(finding.severity.rawValue) \(fields)::\(Self.escaped(text, isProperty: false))\n"
    }.joined()
  }

  /// The text with those characters escaped that would end the line or the property.
  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      case ":" where isProperty: out += "%3A"
      case "," where isProperty: out += "%2C"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

extension Span {
  /// The place as properties of a command. GitHub only uses columns if the place is on a single line.
  fileprivate var properties: [(String, String)] {
    guard let range, let start = position else { return [("file", file.path)] }
    let end = file.position(of: range.upperBound)
    var properties = [("file", file.path), ("line", "\(start.line)")]
    if end.line == start.line {
      let last = max(start.column, end.column - 1)
      properties += [("endLine", "\(end.line)"), ("col", "\(start.column)"), ("endColumn", "\(last)")]
    }
    return properties
  }
}
