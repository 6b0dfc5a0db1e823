import Diagnostics

/// Colours of a terminal for the texts that commands print.
struct Paint {
  let isOn: Bool

  /// The meaning of a colour.
  enum Style: String {
    case heading = "1"
    case good = "1;32"
    case bad = "1;31"
    case note = "1;33"
    case faint = "2"
  }

  func callAsFunction(_ text: String, _ style: Style) -> String {
    isOn && !text.isEmpty ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}
