import ArgumentParser
import Glibc

/// The option `--color`.
struct ColourOption: ParsableArguments {
  @Option(help: "Colours in the text: auto (on a terminal, unless NO_COLOR is set), always or never.")
  var color = ColourChoice.auto

  var paint: Paint { Paint(isOn: color.isWanted) }
}

/// The values of `--color`.
enum ColourChoice: String, CaseIterable, ExpressibleByArgument {
  case auto, always, never

  /// Whether to colour stdout. `auto` colours only on a terminal with colours, and not if NO_COLOR (no-color.org) has a value.
  var isWanted: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isatty(STDOUT_FILENO) == 1 && Self.variable("NO_COLOR").isEmpty && Self.variable("TERM") != "dumb"
    }
  }

  private static func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
}
