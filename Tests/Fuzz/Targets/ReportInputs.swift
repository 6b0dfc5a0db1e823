import Diagnostics
import JSON

@testable import Commands

/// Findings about any bytes at any place, shown in every format. The first bytes of the input give the width and the places of the marks.
/// Then follow a message, a help text and a source text, separated by zero bytes.
func reportInput(_ bytes: [UInt8]) throws(Violation) {
  guard bytes.count > 10 else { return }
  let parts = bytes[9...].split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
  func text(_ i: Int) -> String { parts.count > 2 ? String(decoding: parts[i], as: UTF8.self) : "m" }
  let file = SourceFile(path: "policy.yaml", bytes: parts[parts.count - 1])
  func span(_ at: Int) -> Span {
    let lower = Int(bytes[at]) << 8 | Int(bytes[at + 1])
    return Span(file, SourceRange(lower..<lower + Int(bytes[at + 2])))
  }
  let findings = [
    Diagnostic(.syntax, text(0), at: span(1), label: "label", secondary: [.init(span(4), "second")], help: text(1)),
    Diagnostic(.unknownKey, "unknown key \(quoted(text(0)))", at: span(4), severity: .warning),
    Diagnostic(.noRules, "whole", at: Span(file, nil), secondary: [.init(span(1), "first declared here")]),
  ]
  let width = 20 + Int(bytes[0])
  for finding in findings { try isShown(finding, width: width) }
  try haveNoPart(colours: findings[Int(bytes[0]) % findings.count], width: width)
  var all = Findings()
  for finding in findings { all.append(finding) }
  // SARIF repeats the texts of all rules and takes longest, so only some inputs use it.
  let format = bytes[0] % 16 == 0 ? ReportFormat.sarif : [.text, .json, .junit, .github][Int(bytes[0]) % 4]
  try isReported(all, format)
}

private func isShown(_ finding: Diagnostic, width: Int) throws(Violation) {
  let text = Renderer(width: width).render(finding)
  try isHarmless(text)
  for line in text.split(separator: "\n") where !line.hasPrefix("error[") && !line.hasPrefix("warning[") {
    guard line.contains(" |"), !line.contains("= help") else { continue }
    let columns = line.unicodeScalars.reduce(0) { $0 + DisplayWidth.of($1) }
    // The allowance of 40 columns is for the line's number, the signs that it is cut, and the label under the marks.
    try Violation.unless(columns <= width + 40, "\(columns) columns, and \(width) were to be had: \(line)")
  }
}

private func haveNoPart(colours finding: Diagnostic, width: Int) throws(Violation) {
  let coloured = Renderer(colour: true, width: width).render(finding)
  try isHarmless(coloured, besides: ["\u{1b}"])
  var plain = coloured
  for style in ["1;31", "1;33", "1;34", "1", "0"] { plain = plain.replacing("\u{1b}[\(style)m", with: "") }
  try Violation.unless(plain == Renderer(width: width).render(finding), "colours change the text:\n\(plain)")
}

/// The output of every format is well-formed.
private func isReported(_ findings: Findings, _ format: ReportFormat) throws(Violation) {
  let text = Report(entries: [.init(path: "policy.yaml", findings: findings)], failOn: .error).rendered(format)
  try isHarmless(text)
  switch format {
  case .text: break
  case .json, .sarif: try Violation.unless((try? JSON(parsing: text)) != nil, "\(format) is no JSON: \(text)")
  case .github:
    let lines = text.split(separator: "\n")
    let areCommands = lines.allSatisfy { $0.hasPrefix("::error ") || $0.hasPrefix("::warning ") }
    try Violation.unless(lines.count == findings.items.count && areCommands, "not a command a finding: \(text)")
  case .junit:
    let open = text.unicodeScalars.reduce(into: 0) { $0 += $1 == "<" ? 1 : $1 == ">" ? -1 : 0 }
    try Violation.unless(open == 0, "tags are open: \(text)")
  }
}
