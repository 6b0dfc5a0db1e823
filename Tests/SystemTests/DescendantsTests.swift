import Foundation
import Glibc
import System
import TestSupport
import Testing

/// What becomes of the processes that a program has started, when it ends or must be ended.
@Suite struct DescendantsTests {
  init() { signal(SIGPIPE, SIG_IGN) }

  /// Processes that a program may leave, as shell commands. Each writes its number into the file `left`.
  struct Leaving: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let command: String
  }

  static let all: [Leaving] = [
    .init(testDescription: "a child", command: "sleep 1000 & echo $! >left"),
    .init(testDescription: "a session of its own", command: "setsid sh -c 'echo $$ >left; exec sleep 1000' &"),
    .init(
      testDescription: "a daemon, whose parent has ended",
      command: "(setsid sh -c 'sh -c \"echo \\$\\$ >left; exec sleep 1000\" &' &)"),
    .init(testDescription: "a stopped one", command: "setsid sh -c 'echo $$ >left; kill -STOP $$; exec sleep 1000' &"),
    .init(
      testDescription: "one that heeds nothing",
      command: "setsid sh -c 'trap \"\" TERM INT HUP QUIT; echo $$ >left; while :; do sleep 1; done' &"),
    .init(
      testDescription: "a process with another name in parentheses",
      command: "cp /bin/sleep 'a) S (b'; setsid sh -c 'echo $$ >left; exec \"./a) S (b\" 1000' &"),
  ]

  /// The ways in which a program fails, each with the ending that it must have.
  static let failures: [(command: String, ending: ChildProcess.Ending)] = [
    ("exec sleep 1000", .timedOut), ("yes", .flooded), ("exit 1", .exited(1)), ("kill -KILL $$", .signaled(SIGKILL)),
    ("echo refused", .exited(0)),
  ]

  private func run(_ directory: TemporaryDirectory, _ script: String) throws -> ChildProcess.Output {
    try ChildProcess.run(
      "/bin/sh", arguments: ["sh", "-c", "cd '\(directory.path)'\n\(script)"], environment: [Array("PATH=/usr/bin:/bin".utf8)],
      input: [], limits: .init(time: .seconds(2), stdout: 1000, stderr: 1000), accepts: { $0.isEmpty })
  }

  private func left(_ directory: TemporaryDirectory) throws -> pid_t { try #require(pid_t(directory.read("left").dropLast())) }

  @Test(arguments: all, 0..<failures.count) func theyEndWithAProgramThatFails(_ leaving: Leaving, _ number: Int) throws {
    let directory = try TemporaryDirectory()
    let failure = Self.failures[number]
    let waiting = "until [ -s left ]; do sleep 0.01; done"
    #expect(try run(directory, [leaving.command, waiting, failure.command].joined(separator: "\n")).ending == failure.ending)
    // They have ended when the call returns.
    let pid = try left(directory)
    #expect(kill(pid, 0) != 0 && errno == ESRCH)
  }

  @Test(arguments: all) func theyStayWithAProgramThatSucceeds(_ leaving: Leaving) throws {
    let directory = try TemporaryDirectory()
    let output = try run(directory, leaving.command + "\nuntil [ -s left ]; do sleep 0.01; done")
    let pid = try left(directory)
    defer { kill(pid, SIGKILL) }
    #expect(output.ending == .exited(0) && kill(pid, 0) == 0)
  }

  /// Each process starts the next one and ends.
  @Test func aChainThatRunsAwayEnds() throws {
    let directory = try TemporaryDirectory()
    try directory.write("chain", "#!/bin/sh\necho x >>links\n\"$0\" &\n", mode: 0o755)
    let script = "setsid ./chain </dev/null >/dev/null 2>&1 &\nuntil [ -s links ]; do sleep 0.01; done\nexec sleep 1000"
    #expect(try run(directory, script).ending == .timedOut)
    let length = try directory.read("links").count
    usleep(200_000)
    #expect(try directory.read("links").count == length)
  }

  /// Somebody kills the guard: the program dies with it.
  @Test func theProgramDiesWithItsGuard() throws {
    let directory = try TemporaryDirectory()
    #expect(try run(directory, "echo $$ >left; kill -KILL $PPID; exec sleep 1000").ending == .signaled(SIGKILL))
    try waitForTheEnd(of: left(directory))
  }

  /// A program that signals its own group, as shell scripts do, reaches neither the guard nor us.
  @Test(arguments: ["TERM", "KILL", "INT"]) func itsGroupIsItsOwn(_ name: String) throws {
    let directory = try TemporaryDirectory()
    let ending = try run(directory, "kill -\(name) 0; exec sleep 1000").ending
    #expect(ending == .signaled(["TERM": SIGTERM, "KILL": SIGKILL, "INT": SIGINT][name]!))
  }

  /// A SIGTERM from somebody else does not count as our wish.
  @Test func theGuardHeedsOnlyUs() throws {
    let directory = try TemporaryDirectory()
    #expect(try run(directory, "kill -TERM $PPID; sleep 0.2; exit 3").ending == .exited(3))
  }

  /// Whatever we ignore or block, a program starts with every signal in its default state.
  @Test func signalsAreAsAtTheBeginning() throws {
    let directory = try TemporaryDirectory()
    var (mask, before) = (sigset_t(), sigset_t())
    sigemptyset(&mask)
    for number in [SIGTERM, SIGHUP, SIGALRM, SIGCHLD] { sigaddset(&mask, number) }
    pthread_sigmask(SIG_BLOCK, &mask, &before)
    signal(SIGUSR2, SIG_IGN)
    defer {
      signal(SIGUSR2, SIG_DFL)
      pthread_sigmask(SIG_SETMASK, &before, nil)
    }
    #expect(try run(directory, "exec grep -E '^Sig(Blk|Ign)' /proc/self/status >left").ending == .exited(0))
    let lines = try directory.read("left").split(separator: "\n")
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("\t0000000000000000") }, "\(lines)")
  }
}
