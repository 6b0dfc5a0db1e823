import CLinux
import Glibc

/// The exchange with one child process: writes its input, reads its output, limits its time and its output, and waits for its
/// end.
struct ChildConversation {
  let pid: Int32
  let limits: ChildProcess.Limits
  private var input: ArraySlice<UInt8>
  private var stdout: [UInt8] = []
  private var stderr: [UInt8] = []

  init(pid: Int32, input: [UInt8], limits: ChildProcess.Limits) {
    (self.pid, self.limits, self.input) = (pid, limits, input[...])
  }

  mutating func run(_ path: String, _ pipes: inout Pipes) throws(SystemError) -> ChildProcess.Output {
    let watch = clinux_pidfd_open(pid)
    guard watch >= 0 else {
      kill()
      throw .call(.poll, on: path, Errno(rawValue: -watch))
    }
    let exit = OwnedDescriptor(adopting: watch)
    let cut = talk(&pipes, exit: exit)
    if cut != nil { kill() } else { receive(&pipes) }
    let status = clinux_wait(pid)
    guard status >= 0 else { throw .call(.wait4, on: path, Errno(rawValue: -status)) }
    let signal = clinux_term_signal(status)
    let ending = cut ?? (signal != 0 ? .signaled(signal) : .exited(clinux_exit_status(status)))
    if ending != .flooded, stdout.count > limits.stdout { return output(.flooded) }
    return output(ending)
  }

  private func output(_ ending: ChildProcess.Ending) -> ChildProcess.Output {
    .init(ending: ending, stdout: stdout, stderr: stderr)
  }

  /// Runs until the child has ended, or must be killed. Returns nil, or the reason to kill it.
  private mutating func talk(_ pipes: inout Pipes, exit: borrowing OwnedDescriptor) -> ChildProcess.Ending? {
    let deadline = Monotonic.now() + limits.time
    while true {
      if input.isEmpty { Pipes.close(&pipes.stdin.write) }
      var waits = [
        pollfd(fd: exit.rawValue, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pipes.stdin.write, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: pipes.stdout.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pipes.stderr.read, events: Int16(POLLIN), revents: 0),
      ]
      let left = deadline - Monotonic.now()
      guard left > .zero else { return .timedOut }
      _ = poll(&waits, nfds_t(waits.count), left.pollMilliseconds)
      if waits[1].revents != 0 { send(&pipes) }
      receive(&pipes)
      if stdout.count > limits.stdout { return .flooded }
      if waits[0].revents != 0 { return nil }
    }
  }

  private mutating func send(_ pipes: inout Pipes) {
    let written = input.withUnsafeBytes { Glibc.write(pipes.stdin.write, $0.baseAddress, $0.count) }
    if written > 0 { input = input.dropFirst(written) }
    // A child that closed its stdin wants no more input.
    if written < 0, errno != EAGAIN, errno != EINTR { input = [] }
  }

  private mutating func receive(_ pipes: inout Pipes) {
    Self.drain(&pipes.stdout.read, into: &stdout, atMost: limits.stdout + 1)
    Self.drain(&pipes.stderr.read, into: &stderr, atMost: .max)
    if stderr.count > limits.stderr { stderr.removeFirst(stderr.count - limits.stderr) }
  }

  /// Reads the bytes that are there, and closes the descriptor at the end of file. One call reads at most 1 MiB: a child that
  /// writes without end must not keep us from looking at the clock.
  private static func drain(_ descriptor: inout Int32, into bytes: inout [UInt8], atMost limit: Int) {
    var buffer = [UInt8](repeating: 0, count: 16384)
    for _ in 0..<64 where descriptor >= 0 && bytes.count < limit {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
      } else if count == 0 {
        Pipes.close(&descriptor)
      } else if errno != EINTR {
        return
      }
    }
  }

  private func kill() {
    _ = Glibc.kill(-pid, SIGKILL)
    _ = Glibc.kill(pid, SIGKILL)
  }
}
