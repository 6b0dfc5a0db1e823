import Glibc

/// The three pipes to a child process. The ends that are still open are closed at the end.
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
    // pipe2(2) would set the flag at once. We have only one thread, so nobody can start a program in between.
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
