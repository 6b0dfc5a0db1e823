import Glibc

/// The processor time that this thread needs for `body`. Unlike wall time, it does not grow on a busy machine, so a test can bound it
/// tightly enough to catch a quadratic algorithm.
package func processorTime(_ body: () throws -> Void) rethrows -> Duration {
  func now() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
  let start = now()
  try body()
  return now() - start
}
