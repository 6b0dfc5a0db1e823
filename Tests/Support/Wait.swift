import Glibc

/// A wait that ended before what it waited for.
package struct WaitedInVain: Error, CustomStringConvertible {
  package let what: String
  /// Wall time in seconds.
  package let seconds: Int

  package var description: String { "waited \(seconds) s for \(what)" }
}

/// Waits until a condition holds, and says on stderr what it waits for when that takes long.
///
/// `what` completes "waited for …". `seconds` is wall time. It bounds a failure only: choose it far above what a busy machine needs.
/// Throws `WaitedInVain`, and what the condition throws.
package func wait(for what: String, atMost seconds: Int = 60, until condition: () throws -> Bool) throws {
  var patience = Patience(seconds: seconds)
  while !(try condition()) {
    guard !patience.isOver(waitingFor: what) else { throw WaitedInVain(what: what, seconds: seconds) }
    usleep(10_000)
  }
}

/// Waits until a process has ended. A zombie has ended: it waits for its parent only.
package func waitForTheEnd(of pid: pid_t) throws {
  try wait(for: "the end of process \(pid)") {
    if kill(pid, 0) != 0 { return true }
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
  }
}

/// The time that a wait may take. After 20 s it says on stderr, once, what is waited for.
struct Patience {
  private let start = ContinuousClock.now
  private let limit: Duration
  private var hasTold = false

  init(seconds: Int) { limit = .seconds(seconds) }

  mutating func isOver(waitingFor what: @autoclosure () -> String) -> Bool {
    let time = ContinuousClock.now - start
    if !hasTold, time > .seconds(20) {
      hasTold = true
      let line = "waiting for \(what()), up to \(limit.components.seconds) s\n"
      _ = write(STDERR_FILENO, line, line.utf8.count)
    }
    return time > limit
  }
}
