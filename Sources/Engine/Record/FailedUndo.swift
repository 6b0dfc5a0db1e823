/// The tries to undo a record that failed, and the bounds of them.
///
/// A delegate may refuse every DEL for ever: its program is gone, or its daemon. Without bounds the container could never be
/// deleted.
package struct FailedUndo: Sendable, Equatable {
  package let tries: Int
  /// The time of the first try, in seconds since 1970.
  package let since: Int

  /// Braid gives up when both bounds are reached. A daemon may need minutes to come back, and a person may try many times in a minute.
  package static let bounds = (tries: 10, seconds: 600)

  package init(tries: Int, since: Int) { (self.tries, self.since) = (tries, since) }

  /// Counts one more try.
  init(after earlier: FailedUndo?, now: Int) {
    // A clock that was set back would extend the bound.
    self.init(tries: (earlier?.tries ?? 0) + 1, since: min(earlier?.since ?? now, now))
  }

  func isEnough(now: Int) -> Bool { tries >= Self.bounds.tries && now - since >= Self.bounds.seconds }
}
