/// Writes findings for a person at a terminal: message, place, source line, carets, help.
///
/// ```
/// error[BRD0101]: unknown key "netwrok"
///  --> policy.yaml:12:9
///    |
/// 12 |       - netwrok: pods
///    |         ^^^^^^^
///    = help: did you mean "network"?
/// ```
package struct Renderer: Sendable {
  /// Whether to use ANSI colours.
  package var colour: Bool
  /// How many columns of a source line are shown at most. A longer line is cut on both sides of the mark.
  package var width: Int

  package init(colour: Bool = false, width: Int = 120) { (self.colour, self.width) = (colour, width) }

  package func render(_ findings: [Diagnostic]) -> String { findings.map { render($0) }.joined(separator: "\n") }

  package func render(_ finding: Diagnostic) -> String {
    let style: Style = finding.severity == .error ? .error : .warning
    let title = paint("\(finding.severity.rawValue)[\(finding.code.rawValue)]", style) + paint(": \(finding.message)", .bold)
    let groups = Self.groups(of: finding)
    let gutter = groups.flatMap { $0.marks.map(\.line) }.max().map { String($0).count } ?? 0
    var lines = [title]
    for (i, group) in groups.enumerated() { lines += excerpt(group, arrow: i == 0 ? "-->" : ":::", gutter, style) }
    if let help = finding.help {
      let blank = String(repeating: " ", count: gutter)
      if groups.contains(where: { !$0.marks.isEmpty }) { lines.append(blank + paint(" |", .margin)) }
      lines.append(blank + paint(" = ", .margin) + paint("help", .bold) + ": \(help)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

// MARK: - What to show

extension Renderer {
  /// The marks in one file, in the order of their places.
  private struct Group {
    let file: SourceFile
    let place: String
    var marks: [Mark]
  }

  /// One underlined part of a line, with the label beside the underline.
  private struct Mark {
    let line: Int
    let bytes: Range<Int>
    let label: String?
    let isPrimary: Bool

    init?(_ span: Span, label: String?, isPrimary: Bool) {
      guard let range = span.range else { return nil }
      line = span.file.position(of: range).line
      let whole = span.file.byteRange(ofLine: line)
      let lower = min(range.lowerBound, whole.upperBound)
      bytes = lower..<max(lower, min(range.upperBound, whole.upperBound))
      self.label = label
      self.isPrimary = isPrimary
    }
  }

  private static func groups(of finding: Diagnostic) -> [Group] {
    var groups: [Group] = []
    func add(_ span: Span, _ label: String?, _ isPrimary: Bool) {
      let mark = Mark(span, label: label, isPrimary: isPrimary).map { [$0] } ?? []
      if let i = groups.firstIndex(where: { $0.file === span.file }) {
        groups[i].marks += mark
      } else {
        groups.append(Group(file: span.file, place: span.description, marks: mark))
      }
    }
    add(finding.primary, finding.label, true)
    for other in finding.secondary { add(other.span, other.label, false) }
    for i in groups.indices { groups[i].marks.sort { ($0.line, $0.bytes.lowerBound) < ($1.line, $1.bytes.lowerBound) } }
    return groups
  }

  private func excerpt(_ group: Group, arrow: String, _ gutter: Int, _ style: Style) -> [String] {
    let blank = String(repeating: " ", count: gutter)
    var lines = [blank + paint(arrow, .margin) + " \(harmless(group.place, limit: 400))"]
    guard !group.marks.isEmpty else { return lines }
    lines.append(blank + paint(" |", .margin))
    var shown = 0
    for mark in group.marks {
      let excerpt = SourceLineExcerpt(group.file, mark.line, around: mark.bytes, width: width)
      if mark.line != shown {
        if shown > 0, mark.line > shown + 1 { lines.append(paint("...", .margin)) }
        let number = String(mark.line)
        let padded = String(repeating: " ", count: gutter - number.count) + number
        lines.append(paint("\(padded) |", .margin) + (excerpt.text.isEmpty ? "" : " \(excerpt.text)"))
        shown = mark.line
      }
      let carets = String(repeating: mark.isPrimary ? "^" : "-", count: max(1, excerpt.marked))
      let underline = paint(carets + (mark.label.map { " \($0)" } ?? ""), mark.isPrimary ? style : .margin)
      lines.append(blank + paint(" |", .margin) + " " + String(repeating: " ", count: excerpt.before) + underline)
    }
    return lines
  }
}

// MARK: - Colour

extension Renderer {
  private enum Style: String {
    case error = "1;31"
    case warning = "1;33"
    case margin = "1;34"
    case bold = "1"
  }

  private func paint(_ text: String, _ style: Style) -> String {
    colour ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}
