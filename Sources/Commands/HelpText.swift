/// Help texts whose examples the argument parser must not wrap: a person copies them.
///
/// The parser breaks lines at blanks only. So the blanks of an example become non-breaking ones, and `shown` turns them back. A line that is
/// too long is broken at the next blank. The mark with a blank at the example's end makes that harmless.
enum HelpText {
  private static let mark = "\u{2063}"

  /// The text with its examples kept on one line. An example is a line that begins with two blanks.
  static func keepingExamples(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("  ") ? line.replacing(" ", with: "\u{a0}") + mark + " " : String(line)
    }.joined(separator: "\n")
  }

  /// The text as a person gets it.
  static func shown(_ text: String) -> String {
    text.replacing("\(mark)\n\n", with: "\n").replacing("\(mark) ", with: "").replacing(mark, with: "")
      .replacing("\u{a0}", with: " ")
  }
}
