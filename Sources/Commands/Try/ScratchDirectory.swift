import CLinux
import Glibc
import System

/// A temporary directory for one trial. It disappears afterwards, even if braidctl is killed.
///
/// A child process, the janitor, removes it. It waits for the end of a pipe. The kernel closes braidctl's side of the pipe when braidctl
/// dies.
final class ScratchDirectory {
  let path: String
  private var hold: Int32
  private let janitor: Int32

  /// Makes the directory below TMPDIR, or below /tmp. Call it before any pipe is open whose reader waits for its end: the janitor
  /// inherits all descriptors and would keep the pipe open.
  init() throws(TrialError) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent.isEmpty ? "/tmp" : parent)/braidctl-try-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system(.call(.mkdir, on: parent, Errno(rawValue: errno))) }
    let made = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system(.call(.pipe2, on: made, Errno(rawValue: errno))) }
    // If stdin or stdout was closed at the start, the pipe has got one of their numbers. The janitor closes these numbers, so the pipe
    // moves to others.
    for i in ends.indices {
      let moved = fcntl(ends[i], F_DUPFD_CLOEXEC, 3)
      close(ends[i])
      ends[i] = moved
    }
    let child = clinux_fork()
    if child == 0 { Self.clean(made, waitingFor: ends) }
    close(ends[0])
    guard child > 0 else {
      close(ends[1])
      rmdir(made)
      throw .system(.call(.fork, on: made, Errno(rawValue: -child)))
    }
    (path, hold, janitor) = (made, ends[1], child)
  }

  /// Removes the directory and returns when it is gone.
  func remove() {
    guard hold >= 0 else { return }
    var done = 1 as UInt8
    _ = write(hold, &done, 1)
    close(hold)
    hold = -1
    _ = clinux_wait(janitor)
  }

  deinit { remove() }

  /// Everything that the janitor does.
  private static func clean(_ path: String, waitingFor pipe: [Int32]) -> Never {
    setsid()
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { signal(number, SIG_IGN) }
    for descriptor in 0...2 as ClosedRange<Int32> { close(descriptor) }
    close(pipe[1])
    var byte = 0 as UInt8
    var isOrderly = false
    while true {
      let count = read(pipe[0], &byte, 1)
      if count > 0 { isOrderly = true } else if count == 0 || errno != EINTR { break }
    }
    // If braidctl was killed, braid is being killed too and may still be writing. So the removal is repeated for a second.
    for _ in 0..<(isOrderly ? 1 : 20) {
      FileTree.remove(path)
      if !isOrderly { Monotonic.sleep(Waits.trialSweepPause) }
    }
    _exit(0)
  }
}
