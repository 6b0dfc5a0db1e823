import CLinux
import Glibc

/// A program run to its end, with everything about it bounded.
package enum ChildProcess {
  package struct Limits: Sendable {
    /// Wall time in seconds before the process group is killed.
    package var seconds: Int
    /// How many bytes of stdout are taken; more is an error.
    package var stdout: Int
    /// How many bytes of stderr are kept, the last ones.
    package var stderr: Int

    package init(seconds: Int, stdout: Int, stderr: Int) { (self.seconds, self.stdout, self.stderr) = (seconds, stdout, stderr) }
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
    var conversation = Conversation(pid: pid, input: input, limits: limits)
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

/// The three pipes to a child; what is still open closes at the end.
struct Pipes: ~Copyable {
  struct Ends {
    var read: Int32
    var write: Int32
  }

  var stdin: Ends
  var stdout: Ends
  var stderr: Ends

  init(_ program: String) throws(SystemError) {
    let none = Ends(read: -1, write: -1)
    (stdin, stdout, stderr) = (none, none, none)
    stdin = try Self.open(program)
    stdout = try Self.open(program)
    stderr = try Self.open(program)
    for end in [stdin.write, stdout.read, stderr.read] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  private static func open(_ program: String) throws(SystemError) -> Ends {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .call(.pipe2, on: program, Errno(rawValue: errno)) }
    // There is no other thread that could start a program in between.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return Ends(read: ends[0], write: ends[1])
  }

  mutating func closeChildEnds() {
    Self.close(&stdin.read)
    Self.close(&stdout.write)
    Self.close(&stderr.write)
  }

  static func close(_ descriptor: inout Int32) {
    if descriptor >= 0 { _ = Glibc.close(descriptor) }
    descriptor = -1
  }

  deinit {
    for end in [stdin.read, stdin.write, stdout.read, stdout.write, stderr.read, stderr.write] where end >= 0 {
      _ = Glibc.close(end)
    }
  }
}
