/// The pauses between two looks at a thing that cannot tell us when it changes. Each is twice as long as the one before.
package struct Backoff: Sendable {
  private var next: Duration
  private let longest: Duration

  package init(from first: Duration, to longest: Duration) { (next, self.longest) = (first, longest) }

  /// Sleeps until it is time for the next look.
  package mutating func pause() {
    Monotonic.sleep(next)
    next = min(next * 2, longest)
  }
}
