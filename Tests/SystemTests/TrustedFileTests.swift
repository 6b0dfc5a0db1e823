import Foundation
import Glibc
@testable import System
import TestSupport
import Testing

@Suite struct TrustedFileTests {
  private let scratch: TemporaryDirectory
  private let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  init() throws {
    scratch = try TemporaryDirectory()
    try Data(bytes).write(to: URL(filePath: scratch["file"]))
  }

  /// The size of a file of the directory, if it is trusted.
  private func size(_ name: String, limit: Int = 1 << 20) throws -> Int? {
    guard let directory = try Directory.openTrusted(scratch.path), let file = TrustedFile(name, in: directory, limit: limit)
    else {
      return nil
    }
    return file.size
  }

  /// A file in an object, because the macros of tests copy values and a `TrustedFile` cannot be copied.
  private final class Opened {
    private let file: TrustedFile

    init(_ directory: String) throws {
      let directory = try Directory.openTrusted(directory, create: 0o700)
      file = TrustedFile("file", in: directory, limit: 1 << 20)!
    }

    func read(_ count: Int, at offset: Int) -> [UInt8]? {
      guard let owned = file.read(count, at: offset) else { return nil }
      defer { withExtendedLifetime(owned) {} }
      return [UInt8](owned.bytes)
    }

    func holds(_ bytes: [UInt8], at offset: Int) -> Bool { file.holds(bytes, at: offset) }
    func holds(_ count: Int, at offset: Int, ofFile path: String) -> Bool { file.holds(count, at: offset, ofFile: path) }
  }

  @Test func piecesAreRead() throws {
    let file = try Opened(scratch.path)
    #expect(file.read(5, at: 100) == Array(bytes[100..<105]) && file.read(0, at: bytes.count) == [])
    #expect(file.read(1, at: bytes.count) == nil && file.read(1, at: bytes.count + 1) == nil)
    #expect(file.read(-1, at: 0) == nil && file.read(.max, at: 1) == nil && file.read(1, at: -1) == nil)
    // The file is compared in several pieces, and the last one differs.
    #expect(file.holds(bytes, at: 0) && file.holds(Array(bytes[3...]), at: 3) && file.holds([], at: bytes.count))
    var other = bytes
    other[other.count - 1] ^= 1
    #expect(!file.holds(other, at: 0) && !file.holds(bytes, at: 1) && !file.holds([1], at: bytes.count))
  }

  @Test func anotherFileIsCompared() throws {
    let file = try Opened(scratch.path)
    let part = Array(bytes[10..<150_000])
    try Data(part).write(to: URL(filePath: scratch["part"]))
    #expect(file.holds(part.count, at: 10, ofFile: scratch["part"]) && !file.holds(part.count, at: 11, ofFile: scratch["part"]))
    #expect(!file.holds(part.count - 1, at: 10, ofFile: scratch["part"]) && !file.holds(0, at: 0, ofFile: scratch["absent"]))
    #expect(!file.holds(part.count, at: bytes.count - 5, ofFile: scratch["part"]) && !file.holds(0, at: 0, ofFile: scratch.path))
    var other = part
    other[140_000] ^= 1
    try Data(other).write(to: URL(filePath: scratch["part"]))
    #expect(!file.holds(part.count, at: 10, ofFile: scratch["part"]))
  }

  /// Another process truncates the file while it is open.
  @Test func cutShort() throws {
    let file = try Opened(scratch.path)
    truncate(scratch["file"], 1000)
    #expect(file.read(1000, at: 0) == Array(bytes[..<1000]) && file.read(1001, at: 0) == nil && file.read(10, at: 5000) == nil)
    #expect(!file.holds(bytes, at: 0))
  }

  @Test func whatIsNotTrusted() throws {
    chmod(scratch["file"], 0o600)
    #expect(try size("file") == bytes.count && size("absent") == nil && size("file", limit: bytes.count - 1) == nil)
    chmod(scratch["file"], 0o620)
    #expect(try size("file") == nil)
    chmod(scratch["file"], 0o600)
    symlink("file", scratch["link"])
    mkfifo(scratch["fifo"], 0o600)
    mkdir(scratch["folder"], 0o700)
    for name in ["link", "fifo", "folder"] { #expect(try size(name) == nil, "\(name)") }
  }
}
