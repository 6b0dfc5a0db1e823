import Diagnostics
import Glibc
import Policy

/// One line on stderr, if that is a terminal, that shows the current step of a long validation. It disappears at the end.
struct Progress {
  /// The size in bytes from which the line is shown. Smaller policies are finished before anybody could read it.
  static let threshold = 1 << 20

  private let isOn: Bool
  private let path: String

  /// For a policy of so many bytes.
  init(_ path: String, bytes: Int) {
    self.path = path
    isOn = bytes >= Self.threshold && isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  func show(_ step: Policy.Step) {
    switch step {
    case .reading(let file): show(file.path == path ? "reading" : "reading \(file.path)")
    case .checking: show("checking")
    case .comparing: show("comparing rules and networks")
    }
  }

  func show(_ text: String) {
    guard isOn else { return }
    // Each text first clears the line and starts at its beginning. Line wrapping is off meanwhile: a narrow terminal then cuts the text,
    // instead of moving a part of it to a second line that nobody would clear.
    Output.complain("\r\u{1b}[K\u{1b}[?7l\(harmless(path, limit: 60)): \(harmless(text, limit: 60)) ...\u{1b}[?7h")
  }

  func end() {
    if isOn { Output.complain("\r\u{1b}[K") }
  }
}
