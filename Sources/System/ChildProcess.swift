import CLinux
import Glibc

/// Runs a program to its end, with bounds on its time and its output.
package enum ChildProcess {
  package struct Limits: Sendable {
    /// Wall time before the program is killed.
    package var time: Duration
    /// The largest stdout in bytes. A program that writes more is killed (`Ending.flooded`).
    package var stdout: Int
    /// How many bytes of stderr are kept: the last ones.
    package var stderr: Int

    package init(time: Duration, stdout: Int, stderr: Int) { (self.time, self.stdout, self.stderr) = (time, stdout, stderr) }
  }

  package enum Ending: Equatable, Sendable {
    case exited(Int32)
    case signaled(Int32)
    /// We killed it, because it ran too long.
    case timedOut
    /// We killed it, because it wrote more than `Limits.stdout`.
    case flooded
    /// We killed it, because somebody asked us to end, by SIGTERM or SIGINT. The next program is not affected.
    case stopped(Int32)
  }

  package struct Output: Sendable {
    package let ending: Ending
    package let stdout: [UInt8]
    package let stderr: [UInt8]
  }

  /// Runs the program at `path` with `input` on its stdin, and collects its output. PATH is not searched. An entry of `environment` is
  /// `NAME=value` in bytes without a zero.
  ///
  /// If the program is killed, fails, or if `accepts` refuses its output, everything that it started is killed as well, in process groups
  /// and sessions of its own too. The same happens when we die (`clinux_spawn`). If it succeeds, a background process that outlives it is
  /// let go, and is not waited for even if it keeps stdout or stderr open. The caller must ignore or block SIGPIPE, because a program
  /// may close its stdin at any time. Throws if the program cannot be started.
  package static func run(
    _ path: String, arguments: [String], environment: [[UInt8]], input: [UInt8], limits: Limits,
    accepts: ([UInt8]) -> Bool = { _ in true }
  ) throws(SystemError) -> Output {
    var pipes = try Pipes(path)
    var descriptor: Int32 = -1
    let pid = try spawn(path, arguments, environment, pipes, &descriptor)
    let ended = OwnedDescriptor(adopting: descriptor)
    pipes.closeChildEnds()
    var conversation = ChildConversation(pid: pid, input: input, limits: limits)
    return try conversation.run(path, &pipes, ended: ended, accepts: accepts)
  }

  private static func spawn(
    _ path: String, _ arguments: [String], _ environment: [[UInt8]], _ pipes: borrowing Pipes, _ ended: inout Int32
  ) throws(SystemError) -> Int32 {
    let (stdin, stdout, stderr) = (pipes.stdin.read, pipes.stdout.write, pipes.stderr.write)
    let pid = withCStrings(arguments.map { Array($0.utf8) }) { argv in
      withCStrings(environment) { envp in clinux_spawn(path, argv, envp, stdin, stdout, stderr, &ended) }
    }
    guard pid > 0 else { throw .call(.execve, on: path, Errno(rawValue: -pid)) }
    return pid
  }
}

/// Runs `body` with a null-terminated array of C strings.
private func withCStrings<T>(_ strings: [[UInt8]], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
  let copies = strings.map { bytes in
    (bytes + [0]).withUnsafeBytes { strdup($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
