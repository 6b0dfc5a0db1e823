import System

/// The time that the executables of other plugins share in one operation. A runtime waits for the whole operation, not for each.
///
/// Each executable may use four fifths of the time that is left, and at least 2 s. So a plugin that hangs leaves time for the
/// plugins after it and for our own delegates: DEL must reach every one of them. Several plugins that hang exceed the limit by
/// 2 s each.
package struct TimeLimit: Sendable {
  private let limit: Duration
  private let start: Duration

  /// Begins to count now.
  package init(_ limit: Duration = Waits.externalDelegates) { (self.limit, start) = (limit, Monotonic.now()) }

  /// The time for the next executable.
  var left: Duration { left(after: Monotonic.now() - start) }

  /// The time for an executable that starts so long after the operation. A limit below the minimum is given whole.
  package func left(after spent: Duration) -> Duration {
    max(Waits.externalDelegateShare(of: limit - spent), min(limit, Waits.externalDelegateAtLeast))
  }
}
