import CLinux
import Foundation
import Glibc
import Synchronization

/// A program that a test runs to its end, with bounds on time and output. Its streams go to files, because a full pipe would block it.
package struct Command: Sendable {
  package var arguments: [String]
  /// The whole environment of the program. Nil: the test's own environment.
  package var environment: [String: String]?
  package var input: [UInt8] = []
  /// Wall time in seconds before the process group is killed.
  package var seconds = 300
  /// Bytes of stdout or stderr before the process group is killed.
  package var limit = 16 << 20

  /// The first argument is the program. It is looked up on the test's PATH.
  package init(_ arguments: [String]) { self.arguments = arguments }
  package init(_ arguments: String...) { self.arguments = arguments }

  package struct Output: Sendable, CustomStringConvertible {
    package let command: [String]
    /// The exit status, or 128 plus the number of the signal that ended it, as in a shell.
    package let status: Int32
    package let stdout: String
    package let stderr: String
    /// Why the test killed it. Nil if it did not.
    package let cut: Cut?

    package var succeeded: Bool { status == 0 && cut == nil }
    package var description: String {
      "\(command.joined(separator: " ")): \(cut.map { "killed, \($0)" } ?? "status \(status)")\n\(stdout)\(stderr)"
    }
  }

  package enum Cut: Sendable { case tooLong, tooMuchOutput }

  package enum Failure: Error, CustomStringConvertible {
    case notFound(String)
    case notStarted(String, errno: Int32)
    case failed(Output)

    package var description: String {
      switch self {
      case .notFound(let name): "\(name) is not on PATH"
      case .notStarted(let name, let errno): "cannot start \(name): \(String(cString: strerror(errno)))"
      case .failed(let output): "\(output)"
      }
    }
  }

  /// Runs the program in a network namespace, or in the test's own. Throws only if it cannot be started.
  package func run(in namespace: ScratchNamespace? = nil) throws -> Output {
    let words = namespace.map { ["nsenter", "--net=\($0.path)", "--"] + arguments } ?? arguments
    guard let program = Self.find(words[0]) else { throw Failure.notFound(words[0]) }
    // nsenter has its own message for a missing program, so the program is looked up first.
    guard Self.find(arguments[0]) != nil else { throw Failure.notFound(arguments[0]) }
    let (stdin, stdout, stderr) = (try Scratch(input), try Scratch(), try Scratch())
    let pid = try spawn(program, words, [stdin.descriptor, stdout.descriptor, stderr.descriptor])
    let (status, cut) = wait(for: pid, watching: [stdout, stderr])
    return Output(command: arguments, status: status, stdout: stdout.text, stderr: stderr.text, cut: cut)
  }

  /// Runs the program and returns its stdout. Throws `Failure.failed` if it fails.
  @discardableResult
  package func require(in namespace: ScratchNamespace? = nil) throws -> String {
    let output = try run(in: namespace)
    guard output.succeeded else { throw Failure.failed(output) }
    return output.stdout
  }

  /// The executable of this name on PATH, or at this path.
  package static func find(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  private func spawn(_ program: String, _ words: [String], _ stdio: [Int32]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (number, descriptor) in stdio.enumerated() { posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number)) }
    // The test runner may ignore or block signals. The program under test must not inherit that.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0)=\($1)" }
    var pid: pid_t = 0
    var error: Int32 = 0
    // A script that was just written may still be open for writing, for a moment, in a child that another thread starts.
    for _ in 0..<100 {
      error = withCStrings(words) { argv in
        withCStrings(variables) { envp in posix_spawn(&pid, program, &actions, &attributes, argv, envp) }
      }
      guard error == ETXTBSY else { break }
      usleep(20_000)
    }
    guard error == 0 else { throw Failure.notStarted(words[0], errno: error) }
    return pid
  }

  private func wait(for pid: pid_t, watching files: [Scratch]) -> (Int32, Cut?) {
    let watch = clinux_pidfd_open(pid)
    defer { close(watch) }
    var patience = Patience(seconds: seconds)
    var cut: Cut?
    var waits = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
    while poll(&waits, 1, 50) <= 0 {
      if files.contains(where: { $0.size > limit }) { cut = .tooMuchOutput }
      if patience.isOver(waitingFor: arguments.joined(separator: " ")) { cut = .tooLong }
      if cut != nil { break }
    }
    if cut != nil { kill(-pid, SIGKILL) }
    let status = clinux_wait(pid)
    let signal = clinux_term_signal(status)
    return (signal != 0 ? 128 + signal : clinux_exit_status(status), cut)
  }
}

/// An unnamed file that is used instead of a pipe.
private final class Scratch {
  let descriptor: Int32
  private static let counter = Atomic(0)

  init(_ content: [UInt8] = []) throws {
    // Not O_TMPFILE: the root file system of a container is an overlay, which supports it only since Linux 6.3.
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    let path = "\(NSTemporaryDirectory())/braid-test-\(getpid())-\(number)"
    descriptor = clinux_openat(AT_FDCWD, path, O_CREAT | O_EXCL | O_RDWR, 0o600)
    guard descriptor >= 0 else { throw Command.Failure.notStarted(path, errno: -descriptor) }
    unlink(path)
    try FileHandle(fileDescriptor: descriptor).write(contentsOf: Data(content))
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { close(descriptor) }

  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// The content of the file. Bytes that are not UTF-8 become U+FFFD.
  var text: String {
    lseek(descriptor, 0, SEEK_SET)
    let data = (try? FileHandle(fileDescriptor: descriptor).readToEnd()) ?? nil
    return String(decoding: data ?? Data(), as: UTF8.self)
  }
}

/// Runs `body` with a null-terminated array of C strings.
private func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
