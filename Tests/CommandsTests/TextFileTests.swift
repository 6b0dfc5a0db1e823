import Foundation
import TestSupport
import Testing

@testable import Commands

/// Files that a command writes to a path of the user.
@Suite struct TextFileTests {
  @Test func othersStayAsTheyAre() throws {
    let scratch = try TemporaryDirectory()
    try scratch.write("out.tmp", "mine")
    try scratch.write("out", "old")
    try TextFile.write("new", to: scratch["out"])
    #expect(try scratch.read("out") == "new" && scratch.read("out.tmp") == "mine")
    #expect(Set(scratch.list("")) == ["out", "out.tmp"])
  }

  @Test func whatCannotBeWrittenLeavesNothing() throws {
    let scratch = try TemporaryDirectory()
    try FileManager.default.createDirectory(atPath: scratch["folder/inside"], withIntermediateDirectories: true)
    #expect(throws: (any Error).self) { try TextFile.write("new", to: scratch["folder"]) }
    #expect(throws: (any Error).self) { try TextFile.write("new", to: scratch["nowhere/file"]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["folder"])
  }
}
