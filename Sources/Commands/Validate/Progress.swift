import Diagnostics
import Glibc
import Policy

/// One line on a terminal's stderr that says what a long validation is at, and is gone when it is over.
struct Progress {
  /// Smaller policies are done before anybody could read it, in bytes.
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
    // The line is cleared to its end, and the next one begins where it began. What a narrow terminal has no room for it cuts off: on a
    // second line it would stay.
    Output.complain("\r\u{1b}[K\u{1b}[?7l\(harmless(path, limit: 60)): \(harmless(text, limit: 60)) ...\u{1b}[?7h")
  }

  func end() {
    if isOn { Output.complain("\r\u{1b}[K") }
  }
}
