import Diagnostics
import Glibc

extension Report {
  /// The report for people: every finding with its lines, then a summary.
  func text(colour: Bool) -> String {
    let renderer = Renderer(colour: colour, width: Terminal.excerptWidth(of: STDOUT_FILENO))
    let blocks = entries.flatMap(\.findings).map { renderer.render($0) } + [summary + "\n"]
    return blocks.joined(separator: "\n")
  }

  /// `2 errors, 1 warning`.
  var summary: String {
    func counted(_ count: Int, _ noun: String) -> String? {
      count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
    let found = [counted(count(.error), "error"), counted(count(.warning), "warning")].compactMap { $0 }
    var parts = found.isEmpty ? ["no findings"] : found
    if allowed > 0 { parts.append("\(allowed) allowed by comments") }
    if omitted > 0 { parts.append("\(omitted) more not shown") }
    return parts.joined(separator: ", ")
  }
}
