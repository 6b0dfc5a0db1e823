import Glibc

/// The terminal that an output goes to.
enum Terminal {
  /// The columns of the terminal, from COLUMNS or the terminal itself. Nil if the descriptor is no terminal, or if nobody knows.
  static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    if let given = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), given > 0 { return given }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// How many columns of a source line are shown: those of the terminal that the line's number and the ellipses leave.
  ///
  /// Without a terminal a line is shown whole, up to a limit that keeps the report on a file of one huge line small.
  static func excerptWidth(of descriptor: Int32) -> Int {
    columns(of: descriptor).map { max(20, $0 - 9) } ?? 2000
  }
}
