import CLinux
import Glibc

/// Runs a program to its end, with bounds on its time and its output.
package enum ChildProcess {
  package struct Limits: Sendable {
    /// Wall time before the process group is killed.
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
  }

  package struct Output: Sendable {
    package let ending: Ending
    package let stdout: [UInt8]
    package let stderr: [UInt8]
  }

  /// Runs the program at `path` with `input` on its stdin, and collects its output. PATH is not searched.
  ///
  /// The program leads a process group of its own, and the group dies when we die (`clinux_spawn`). A background process that
  /// outlives the program is not waited for, even if it keeps stdout or stderr open. The caller must ignore SIGPIPE, because a
  /// program may close its stdin at any time. Throws if the program cannot be started.
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
