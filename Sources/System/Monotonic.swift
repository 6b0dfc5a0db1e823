import Glibc

/// The clock that nobody can set (CLOCK_MONOTONIC).
package enum Monotonic {
  /// The time since a moment that is fixed for this boot.
  package static func now() -> Duration {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }

  /// Sleeps for a time below one hour, or until a signal comes.
  package static func sleep(_ time: Duration) {
    usleep(UInt32(clamping: time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000))
  }
}
