import System

/// How long the executables of others may take in one operation, all together, since a runtime waits for the whole.
///
/// Each may take four fifths of what is left, and 2 s where less is left: many that hang go on past the limit by 2 s each. Whoever
/// hangs leaves some of it to those that come after it, our own delegates' work among it: DEL must come to every one.
package struct TimeLimit: Sendable {
  /// Less than the slowest runtime waits for a whole DEL (CRI-O: 1 minute).
  package static let standard = 50
  /// What each gets at least, in seconds, unless the whole is less.
  static let least = 2

  private let seconds: Int
  private let start: Int

  /// Begins to count now.
  package init(seconds: Int = standard) { (self.seconds, start) = (seconds, Monotonic.milliseconds()) }

  /// For the next one to run, in seconds.
  var left: Int { left(after: Monotonic.milliseconds() - start) }

  /// Four fifths of what is left so many milliseconds after the start.
  package func left(after milliseconds: Int) -> Int {
    max((seconds * 1000 - milliseconds) * 4 / 5000, min(seconds, Self.least))
  }
}
