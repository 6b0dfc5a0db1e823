import Foundation
import Glibc
@testable import System
import TestSupport
import Testing

@Suite struct DirectoryTests {
  private let scratch: TemporaryDirectory
  init() throws { scratch = try TemporaryDirectory() }

  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func parentsAndModesAreMade() throws {
    let before = umask(0o077)
    defer { umask(before) }
    let directory = try Directory.openTrusted(scratch["a/b/c"], create: 0o711)
    #expect(directory.path == scratch["a/b/c"])
    #expect(mode(scratch["a"]) == 0o755 && mode(scratch["a/b"]) == 0o755 && mode(scratch["a/b/c"]) == 0o711)
    let inner = try directory.subdirectory("d", create: 0o700)
    #expect(mode(scratch["a/b/c/d"]) == 0o700 && inner.path == scratch["a/b/c/d"])
    _ = try directory.subdirectory("d", create: 0o755)
    #expect(mode(scratch["a/b/c/d"]) == 0o700)
  }

  @Test func absentIsNil() throws {
    let found = try Directory.openTrusted(scratch["absent"]) != nil
    #expect(!found && scratch.list() == [])
  }

  @Test func othersDirectoriesAreNotTrusted() throws {
    mkdir(scratch["open"], 0o755)
    chmod(scratch["open"], 0o777)
    #expect(throws: SystemError.untrusted(scratch["open"], owner: geteuid(), mode: 0o777)) {
      _ = try Directory.openTrusted(scratch["open"], create: 0o700)
    }
  }

  @Test(.needsRoot) func directoriesOfAnotherUserAreNotTrusted() throws {
    mkdir(scratch["theirs"], 0o755)
    chown(scratch["theirs"], 1234, 0)
    #expect(throws: SystemError.untrusted(scratch["theirs"], owner: 1234, mode: 0o755)) {
      _ = try Directory.openTrusted(scratch["theirs"], create: 0o700)
    }
  }

  @Test func aLinkIsNotFollowed() throws {
    mkdir(scratch["real"], 0o700)
    symlink(scratch["real"], scratch["link"])
    #expect(throws: SystemError.self) { _ = try Directory.openTrusted(scratch["link"], create: 0o700) }
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    symlink("/etc/passwd", scratch["file"])
    #expect(throws: SystemError.call(.openat, on: scratch["file"], Errno(rawValue: ELOOP))) {
      _ = try directory.read("file", limit: 1 << 20)
    }
    let made = try directory.createExclusive("file", contents: [1], mode: 0o600)
    #expect(!made)
    try directory.replace("file", contents: [2], mode: 0o600, durable: false)
    #expect(try directory.read("file", limit: 10) == [2])
  }

  @Test func filesAppearWholeWithTheirMode() throws {
    let before = umask(0o777)
    defer { umask(before) }
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let contents = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    let first = try directory.createExclusive("x", contents: contents, mode: 0o640, durable: true)
    let second = try directory.createExclusive("x", contents: [], mode: 0o600)
    #expect(first && !second && mode(scratch["x"]) == 0o640)
    #expect(try directory.read("x", limit: 100_000) == contents)
    #expect(throws: SystemError.tooLarge(scratch["x"], limit: 99_999)) { _ = try directory.read("x", limit: 99_999) }
    try directory.replace("x", contents: [7], mode: 0o600, durable: true)
    try directory.replace("y", contents: [8], mode: 0o604, durable: false)
    #expect(try directory.read("x", limit: 1) == [7] && mode(scratch["x"]) == 0o600 && mode(scratch["y"]) == 0o604)
    #expect(try directory.names().sorted() == ["x", "y"])
    #expect(try directory.read("z", limit: 1) == nil)
  }

  /// The method for file systems without O_TMPFILE.
  @Test func aTemporaryNameServesAsWell() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    func stage(_ byte: UInt8) throws -> (Bool) {
      let staged = try StagedFile.stage("x", in: directory, contents: [byte], mode: 0o600, durable: false, unnamed: false)
      #expect(scratch.list().contains(".x.tmp"))
      return try staged.publish()
    }
    #expect(try stage(1) && !stage(2))
    #expect(try directory.read("x", limit: 1) == [1] && scratch.list() == ["x"])
    let staged = try StagedFile.stage("x", in: directory, contents: [3], mode: 0o600, durable: false, unnamed: false)
    try staged.publishReplacing()
    #expect(try directory.read("x", limit: 1) == [3] && scratch.list() == ["x"])
    let aside = try StagedFile.stage("y", in: directory, contents: [4], mode: 0o600, durable: false, unnamed: false, aside: "z")
    #expect(scratch.list() == ["x", "z"])
    #expect(try aside.publish() && scratch.list() == ["x", "y"])
  }

  @Test func whatAKilledReplaceLeftIsTakenAway() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    try directory.replace("x", contents: [1], mode: 0o600, durable: false)
    try scratch.write(".x.tmp", "left")
    try directory.replace("x", contents: [2], mode: 0o600, durable: false)
    #expect(scratch.list() == ["x"])
    try scratch.write(".x.tmp", "left")
    #expect(try directory.remove("x"))
    #expect(try !directory.remove("x"))
    #expect(scratch.list() == [])
  }

  @Test func linksHoldShortTexts() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let long = String(repeating: "x", count: 4000)
    for text in ["a b\nc", long] {
      try directory.replaceLink("l", target: text)
      #expect(try directory.readLink("l") == text)
    }
    symlink("left", scratch[".l.tmp"])
    try directory.replaceLink("l", target: "z")
    #expect(try directory.readLink("l") == "z" && directory.names() == ["l"])
    try scratch.write("f", "")
    #expect(try directory.readLink("f") == nil && directory.readLink("absent") == nil)
  }

  @Test func namesAreBounded() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let long = String(repeating: "n", count: 250)
    for i in 0..<500 { try scratch.write("\(long)\(i)", "") }
    #expect(try Set(directory.names()) == Set((0..<500).map { "\(long)\($0)" }))
    #expect(throws: SystemError.tooManyNames(scratch.path, limit: 499)) { _ = try directory.names(limit: 499) }
  }

  @Test func renamingNeverReplaces() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    for name in ["a", "b"] { try scratch.write(name, name) }
    #expect(throws: SystemError.call(.rename, on: scratch["a"], .fileExists)) { try directory.rename("a", to: "b") }
    try directory.rename("a", to: "c")
    #expect(scratch.list() == ["b", "c"])
  }

  @Test func timesAreSetAndSeen() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let time = FileTime(seconds: 1_000_000, nanoseconds: 5)
    try scratch.write("x", "")
    try directory.setModified(time, of: "x")
    try directory.setModified(time)
    #expect(try directory.status().modified == time && directory.status("x")?.modified == time)
    try scratch.write("y", "")
    #expect(try directory.status().modified != time)
    #expect(try directory.status("z") == nil)
  }

  @Test func onlyEmptyDirectoriesGo() throws {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    try scratch.write("d/x", "")
    #expect(try !directory.removeEmptyDirectory("d"))
    unlink(scratch["d/x"])
    #expect(try directory.removeEmptyDirectory("d"))
    #expect(try !directory.removeEmptyDirectory("d"))
  }

  @Test func randomBytesAndBootID() throws {
    #expect(try RandomBytes.get(32) != RandomBytes.get(32))
    #expect(try BootID.current().utf8.count == 36)
  }
}

/// Full file systems, each mounted for one test.
@Suite(.needsRoot, .needs(program: "mount")) struct HardTimesTests {
  private func withMount(_ options: String, _ body: (TemporaryDirectory) throws -> Void) throws {
    let scratch = try TemporaryDirectory()
    try Command("mount", "-t", "tmpfs", "-o", options, "braid-test", scratch.path).require()
    defer { _ = try? Command("umount", "-l", scratch.path).run() }
    try body(scratch)
  }

  @Test func aFullDiskLeavesNothing() throws {
    try withMount("size=64k,mode=700") { scratch in
      let directory = try Directory.openTrusted(scratch.path, create: 0o700)
      try directory.replace("x", contents: [1], mode: 0o600, durable: false)
      let much = [UInt8](repeating: 1, count: 100_000)
      for unnamed in [true, false] {
        #expect(throws: SystemError.call(.write, on: scratch["y"], .noSpace)) {
          _ = try StagedFile.stage("y", in: directory, contents: much, mode: 0o600, durable: false, unnamed: unnamed)
        }
      }
      #expect(throws: SystemError.call(.write, on: scratch["x"], .noSpace)) {
        try directory.replace("x", contents: much, mode: 0o600, durable: true)
      }
      #expect(scratch.list() == ["x"])
      #expect(try directory.read("x", limit: 1) == [1])
    }
  }

  @Test func aReadOnlyOneSaysSo() throws {
    try withMount("mode=700") { scratch in
      try scratch.write("x", "1")
      try Command("mount", "-o", "remount,ro", scratch.path).require()
      let directory = try Directory.openTrusted(scratch.path, create: 0o700)
      #expect(throws: SystemError.call(.openat, on: scratch["y"], .readOnlyFileSystem)) {
        _ = try directory.createExclusive("y", contents: [], mode: 0o600)
      }
      #expect(throws: SystemError.call(.unlink, on: scratch["x"], .readOnlyFileSystem)) { try directory.remove("x") }
      #expect(throws: SystemError.call(.mkdir, on: scratch["d"], .readOnlyFileSystem)) {
        _ = try Directory.openTrusted(scratch["d/e"], create: 0o700)
      }
    }
  }
}

@Suite struct FileLockTests {
  /// Takes the lock and returns the error. Nil if the lock was free or became free.
  ///
  /// It may become free with a delay: a child that another test starts holds the descriptor until it executes its program.
  private func tryLock(_ scratch: TemporaryDirectory, waiting time: Duration = .seconds(20)) throws -> SystemError? {
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    do {
      _ = try FileLock("lock", in: directory, waiting: time)
      return nil
    } catch { return error }
  }

  @Test func theHolderIsNamed() throws {
    let scratch = try TemporaryDirectory()
    #expect(try tryLock(scratch) == nil)
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let lock = try FileLock("lock", in: directory, waiting: .zero)
    #expect(try tryLock(scratch, waiting: .zero) == .lockTimeout(scratch["lock"], holder: getpid(), after: .zero))
    _ = consume lock
    #expect(try tryLock(scratch) == nil)
  }

  @Test func deathFreesIt() throws {
    let scratch = try TemporaryDirectory()
    let output = try ChildProcess.run(
      "/usr/bin/flock", arguments: ["flock", scratch["lock"], "sh", "-c", "kill -9 $PPID"],
      environment: [Array("PATH=/bin".utf8)], input: [],
      limits: .init(time: .seconds(20), stdout: 100, stderr: 100))
    #expect(output.ending == .signaled(9))
    #expect(try tryLock(scratch) == nil)
  }

  @Test func aRemovedLockFileIsNoLock() throws {
    let scratch = try TemporaryDirectory()
    let directory = try Directory.openTrusted(scratch.path, create: 0o700)
    let lock = try FileLock("lock", in: directory, waiting: .zero)
    let thread = Thread {
      usleep(50_000)
      unlink(scratch["lock"])
    }
    thread.start()
    // The lock file is removed while we wait. The call must neither crash nor hang, and takes the lock of the new file.
    usleep(100_000)
    #expect(try tryLock(scratch) == nil)
    _ = consume lock
  }
}
