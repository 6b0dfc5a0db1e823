import CLinux
import Glibc

/// A program run to its end, with everything about it bounded.
package enum ChildProcess {
  package struct Limits: Sendable {
    /// Wall time before the process group is killed.
    package var time: Duration
    /// How many bytes of stdout are taken; more is an error.
    package var stdout: Int
    /// How many bytes of stderr are kept, the last ones.
    package var stderr: Int

    package init(time: Duration, stdout: Int, stderr: Int) { (self.time, self.stdout, self.stderr) = (time, stdout, stderr) }
  }

  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
    /// We killed it: it ran too long.
    case timedOut
    /// We killed it: it wrote more than `Limits.stdout`.
    case flooded
  }

  package struct Output: Sendable {
    package let ending: Ending
    package let stdout: [UInt8]
    package let stderr: [UInt8]
  }

  /// Runs `path` (no search) with `input` on stdin and collects what it writes.
  ///
  /// It leads a process group of its own, which dies with us (see `clinux_spawn`). What outlives it, and keeps its
  /// stdout or stderr open, is not waited for. The caller ignores SIGPIPE: a child may close its stdin at any time.
  /// Throws when it cannot be started.
  package static func run(
    _ path: String, arguments: [String], environment: [String], input: [UInt8], limits: Limits
  ) throws(SystemError) -> Output {
    var pipes = try Pipes(path)
    let pid = try spawn(path, arguments, environment, pipes)
    pipes.closeChildEnds()
    var conversation = ChildConversation(pid: pid, input: input, limits: limits)
    return try conversation.run(path, &pipes)
  }

  private static func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], _ pipes: borrowing Pipes
  ) throws(SystemError) -> Int32 {
    let (stdin, stdout, stderr) = (pipes.stdin.read, pipes.stdout.write, pipes.stderr.write)
    let pid = withCStrings(arguments) { argv in
      withCStrings(environment) { envp in clinux_spawn(path, argv, envp, stdin, stdout, stderr) }
    }
    guard pid > 0 else { throw .call(.execve, on: path, Errno(rawValue: -pid)) }
    return pid
  }
}

/// Runs `body` with a null-terminated array of C strings.
private func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
