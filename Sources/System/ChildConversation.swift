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

  /// `ended` is the descriptor of `clinux_spawn`. `accepts` looks at the output of a program that succeeded. If it refuses the output,
  /// or if the program failed, everything that the program started ends with it.
  mutating func run(
    _ path: String, _ pipes: inout Pipes, ended: borrowing OwnedDescriptor, accepts: ([UInt8]) -> Bool
  ) throws(SystemError) -> ChildProcess.Output {
    let requests = clinux_stop_requests()
    defer { if requests >= 0 { _ = Glibc.close(requests) } }
    var ending = talk(&pipes, ended: ended, requests: requests)
    if ending.isOwn { receive(&pipes) }
    if stdout.count > limits.stdout { ending = .flooded }
    if ending == .exited(0), accepts(stdout) { letGo() } else { endAll(ended) }
    let status = clinux_wait(pid)
    guard status >= 0 else { throw .call(.wait4, on: path, Errno(rawValue: -status)) }
    return .init(ending: ending, stdout: stdout, stderr: stderr)
  }

  /// Runs until the program has ended, or must be killed.
  private mutating func talk(
    _ pipes: inout Pipes, ended: borrowing OwnedDescriptor, requests: Int32
  ) -> ChildProcess.Ending {
    let deadline = Monotonic.now() + limits.time
    while true {
      if input.isEmpty { Pipes.close(&pipes.stdin.write) }
      var waits = [
        pollfd(fd: ended.rawValue, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pipes.stdin.write, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: pipes.stdout.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pipes.stderr.read, events: Int16(POLLIN), revents: 0),
        pollfd(fd: requests, events: Int16(POLLIN), revents: 0),
      ]
      let left = deadline - Monotonic.now()
      guard left > .zero else { return .timedOut }
      _ = poll(&waits, nfds_t(waits.count), left.pollMilliseconds)
      if waits[1].revents != 0 { send(&pipes) }
      receive(&pipes)
      if stdout.count > limits.stdout { return .flooded }
      if waits[0].revents != 0 { return Self.ending(ended) }
      if waits[4].revents != 0 {
        let signal = clinux_stop_request(requests)
        if signal != 0 { return .stopped(signal) }
      }
    }
  }

  /// Reads the program's status. Somebody who killed the guard killed the program with it.
  private static func ending(_ ended: borrowing OwnedDescriptor) -> ChildProcess.Ending {
    var status: Int32 = 0
    let count = withUnsafeMutableBytes(of: &status) { bytes in
      Glibc.read(ended.rawValue, bytes.baseAddress, bytes.count)
    }
    guard count == MemoryLayout.size(ofValue: status) else { return .signaled(SIGKILL) }
    let signal = clinux_term_signal(status)
    return signal != 0 ? .signaled(signal) : .exited(clinux_exit_status(status))
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

  /// Lets go of everything that the program left running: a plugin may start a daemon on purpose.
  private func letGo() { _ = kill(pid, SIGKILL) }

  /// Ends the program and everything that it started, and waits until nothing is left, within limits.
  private func endAll(_ ended: borrowing OwnedDescriptor) {
    _ = kill(pid, SIGTERM)
    let deadline = Monotonic.now() + Waits.descendants
    while true {
      var wait = pollfd(fd: ended.rawValue, events: Int16(POLLIN), revents: 0)
      let left = deadline - Monotonic.now()
      // Somebody may have stopped the guard.
      guard left > .zero, poll(&wait, 1, left.pollMilliseconds) >= 0 || errno == EINTR else { break }
      guard wait.revents != 0 else { continue }
      var status: Int32 = 0
      let count = withUnsafeMutableBytes(of: &status) { Glibc.read(ended.rawValue, $0.baseAddress, $0.count) }
      if count <= 0 { break }
    }
    _ = kill(pid, SIGKILL)
  }
}

extension ChildProcess.Ending {
  /// Whether the program ended by itself.
  fileprivate var isOwn: Bool {
    switch self {
    case .exited, .signaled: true
    case .timedOut, .flooded, .stopped: false
    }
  }
}
