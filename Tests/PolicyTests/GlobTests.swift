import TestSupport
import Testing

@testable import Policy

@Suite struct GlobTests {
  @Test(arguments: [
    ("db", "db", true), ("db", "db2", false), ("db", "", false), ("*", "", true), ("*", "anything/at.all", true),
    ("db-*", "db-", true),
    ("db-*", "db", false), ("*-db", "eu-db", true), ("a*b*c", "abc", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false),
    ("?", "a", true), ("?", "", false), ("?", "é", true), ("?", "ab", false), ("??*", "a", false), ("a?c", "abc", true),
    (#"\*"#, "*", true), (#"\*"#, "a", false), (#"a\?"#, "a?", true), (#"\\"#, #"\"#, true), ("A", "a", false), ("**", "", true),
    ("a**b", "ab", true), ("日?語", "日本語", true), ("*a*a*a", "aa", false), ("*aab", "aaaab", true),
  ])
  func matching(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try Glob(pattern).matches(text) == expected)
  }

  @Test func mistakes() {
    #expect(throws: Glob.Mistake.empty) { try Glob("") }
    #expect(throws: Glob.Mistake.danglingEscape) { try Glob(#"a\"#) }
    #expect(throws: Glob.Mistake.tooLong) { try Glob(String(repeating: "a", count: 513)) }
    #expect(Glob(value: "")?.matches("") == true)
    #expect(Glob(value: "")?.matches("a") == false)
  }

  /// Patterns for which a backtracking matcher takes exponential time.
  @Test func timeIsBounded() throws {
    let pattern = try Glob(String(repeating: "*a", count: 200) + "b")
    let text = String(repeating: "a", count: 20_000)
    let time = processorTime { #expect(!pattern.matches(text)) }
    #expect(time < .seconds(10))
  }

  @Test(arguments: [
    ("*", "db", true), ("*", "*", true), ("db-*", "db-eu", true), ("db-*", "db-e*", true), ("db-e*", "db-*", false),
    ("d?", "db", true),
    ("d?", "d*", false), ("d*", "d?", true), ("db", "db", true), ("*-x", "a-*-x", true), ("?*", "a*", true), (#"\*"#, "*", false),
  ])
  func covering(_ wide: String, _ narrow: String, _ expected: Bool) throws {
    #expect(try Glob(wide).covers(Glob(narrow)) == expected)
  }

  /// If the checker says that one pattern covers another, it must match every text that the other matches.
  @Test func coveringIsSound() throws {
    let pieces = ["a", "b", "?", "*"]
    let patterns = try pieces.flatMap { x in try pieces.flatMap { y in try pieces.map { z in try Glob(x + y + z) } } }
    let letters = ["", "a", "b"]
    let texts = Set(letters.flatMap { a in letters.flatMap { b in letters.flatMap { c in letters.map { a + b + c + $0 } } } })
    for wide in patterns {
      for narrow in patterns where wide.covers(narrow) {
        #expect(texts.allSatisfy { !narrow.matches($0) || wide.matches($0) }, "\(wide) does not cover \(narrow)")
      }
    }
  }
}
