import Glibc

/// Turns SIGINT, SIGTERM and SIGHUP into requests to end in order. A second signal of the same kind ends the process at once.
enum Interruption {
  nonisolated(unsafe) private static var caught: Int32 = 0

  private static let notice: StaticString = "braidctl try: taking the Pod down; a second signal ends at once\n"

  static func watch() {
    // Swift sets a static variable up at its first access. That must not happen in the signal handler.
    caught = 0
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number) { number in
        Interruption.caught = number
        signal(number, SIG_DFL)
        _ = write(STDERR_FILENO, Interruption.notice.utf8Start, Interruption.notice.utf8CodeUnitCount)
      }
    }
  }

  /// Throws `TrialError.interrupted` once a signal has come.
  static func check() throws(TrialError) { if caught != 0 { throw .interrupted(caught) } }
}
