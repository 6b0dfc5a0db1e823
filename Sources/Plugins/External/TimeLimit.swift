import System

/// How long the executables of others may take in one operation, all together, since a runtime waits for the whole.
///
/// Once the time is up each that is still to run gets a few seconds: DEL must come to every one of them.
package struct TimeLimit: Sendable {
  /// In seconds.
  package static let range = 1...600
  /// Less than the slowest runtime waits for a whole DEL (CRI-O: 1 minute).
  package static let standard = 50
  /// What each gets at least, in seconds, unless the whole is less.
  static let least = 5

  private let seconds: Int
  private let start: Int

  /// Begins to count now.
  package init(seconds: Int = standard) { (self.seconds, start) = (seconds, Monotonic.milliseconds()) }

  /// For the next one to run, in seconds.
  var left: Int {
    let elapsed = (Monotonic.milliseconds() - start) / 1000
    return max(seconds - elapsed, min(seconds, Self.least))
  }
}
