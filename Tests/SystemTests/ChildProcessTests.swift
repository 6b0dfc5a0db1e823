import Glibc
import System
import TestSupport
import Testing

@Suite struct ChildProcessTests {
  init() { signal(SIGPIPE, SIG_IGN) }

  private func run(
    _ script: String, input: [UInt8] = [], time: Duration = .seconds(20), stdout: Int = 1 << 20, stderr: Int = 1 << 10,
    accepts: ([UInt8]) -> Bool = { _ in true }
  ) throws -> ChildProcess.Output {
    try ChildProcess.run(
      "/bin/sh", arguments: ["sh", "-c", script], environment: ["A=b", "PATH=/usr/bin:/bin"].map { Array($0.utf8) }, input: input,
      limits: .init(time: time, stdout: stdout, stderr: stderr), accepts: accepts)
  }

  @Test func streamsAreKeptApart() throws {
    let output = try run("cat; echo $A >&2; exit 3", input: Array("in".utf8))
    #expect(output.ending == .exited(3) && output.stdout == Array("in".utf8) && output.stderr == Array("b\n".utf8))
  }

  @Test func moreThanAPipeHoldsPassesThrough() throws {
    let input = [UInt8](repeating: 0x61, count: 700_000)
    #expect(try run("cat", input: input).stdout == input)
  }

  @Test func aChildThatReadsNothingIsNoProblem() throws {
    #expect(try run("exec 0<&-; echo ok", input: [UInt8](repeating: 0x61, count: 700_000)).stdout == Array("ok\n".utf8))
  }

  @Test func tooMuchOutputEndsIt() throws {
    let output = try run("yes", stdout: 1000)
    #expect(output.ending == .flooded)
  }

  @Test func onlyTheEndOfStderrIsKept() throws {
    let output = try run("seq 100000 >&2", stderr: 10)
    #expect(
      output.ending == .exited(0) && String(decoding: output.stderr, as: UTF8.self).hasSuffix("100000\n")
        && output.stderr.count == 10)
  }

  @Test func aSignalIsToldApart() throws { #expect(try run("kill -9 $$").ending == .signaled(9)) }

  @Test func whatOutlivesTheChildIsNotWaitedFor() throws {
    let output = try run("(setsid sleep 5 &) ; echo done")
    #expect(output.ending == .exited(0) && output.stdout == Array("done\n".utf8))
  }

  @Test func whatCannotBeRunIsTold() {
    #expect(throws: SystemError.call(.execve, on: "/proc/nowhere", .noSuchFileOrDirectory)) {
      try ChildProcess.run(
        "/proc/nowhere", arguments: [], environment: [], input: [], limits: .init(time: .seconds(1), stdout: 1, stderr: 1))
    }
  }
}
