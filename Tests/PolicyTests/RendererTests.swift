import Foundation
import TestSupport
import Testing

@testable import Diagnostics

@Suite struct RendererTests {
  private func render(_ text: String, mark: String, label: String? = nil, width: Int = 120, colour: Bool = false) throws -> String
  {
    let file = SourceFile(path: "p.yaml", text: text)
    let range = try #require(text.range(of: mark))
    let lower = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
    let span = Span(file, SourceRange(lower..<lower + mark.utf8.count))
    return Renderer(colour: colour, width: width).render(Diagnostic(.unknownKey, "m", at: span, label: label))
  }

  /// Carets stand under the marked text, also after characters that take two columns or none.
  @Test(arguments: [
    ("日本: x", "x", "1 | 日本: x\n  |       ^\n"), ("日本: x", "日本", "1 | 日本: x\n  | ^^^^\n"),
    ("e\u{301}: x", "x", "1 | e\u{301}: x\n  |    ^\n"),
    ("😀 x", "x", "1 | 😀 x\n  |    ^\n"), ("a:\tx", "x", "1 | a:    x\n  |       ^\n"),
    ("a\u{7}b", "b", "1 | a\u{fffd}b\n  |   ^\n"),
    ("a\u{202e}b", "b", "1 | a\u{fffd}b\n  |   ^\n"), ("\u{fffd}\u{fffd}: x", "x", "1 | \u{fffd}\u{fffd}: x\n  |     ^\n"),
    ("é: x", "x", "1 | é: x\n  |    ^\n"),
  ])
  func widths(_ text: String, _ mark: String, _ expected: String) throws {
    #expect(try render(text, mark: mark).hasSuffix("  |\n" + expected))
  }

  @Test func longLines() throws {
    let line = String(repeating: "a", count: 5000) + "日X" + String(repeating: "b", count: 5000)
    let rows = try render(line, mark: "X", width: 60).split(separator: "\n")
    #expect(rows.allSatisfy { $0.unicodeScalars.count <= 70 })
    let shown = try #require(rows.first { $0.hasPrefix("1 |") }).unicodeScalars
    let carets = try #require(rows.last).unicodeScalars
    let column = try #require(shown.firstIndex(of: "X"))
    let caret = try #require(carets.firstIndex(of: "^"))
    // One character before the mark is two columns wide.
    #expect(carets.distance(from: carets.startIndex, to: caret) == shown.distance(from: shown.startIndex, to: column) + 1)
  }

  /// A tab is one byte, but takes four columns.
  @Test(arguments: ["x", "\tx", String(repeating: "\t", count: 50) + "x", String(repeating: "日", count: 29) + "x"])
  func linesOfTabs(_ mark: String) throws {
    for text in [mark + String(repeating: "\t", count: 59), String(repeating: "\t", count: 59) + mark] {
      let rows = try render(text, mark: mark, width: 60).split(separator: "\n")
      let columns = rows.map { $0.unicodeScalars.reduce(0) { $0 + DisplayWidth.of($1) } }
      #expect(columns.allSatisfy { $0 <= 66 }, "\(columns)")
      let row = try #require(rows.first { $0.hasPrefix("1 |") })
      #expect(row.contains(mark.hasPrefix("\t") ? "    " : mark.prefix(20)))
      #expect(try #require(rows.last).contains("^"))
    }
  }

  /// A broken UTF-8 sequence takes one column, however many bytes it has.
  @Test func bytesThatAreNoText() throws {
    let file = SourceFile(path: "p", bytes: [0xe6, 0x97, 0xff] + Array("a: x".utf8))
    let text = Renderer().render(Diagnostic(.syntax, "m", at: Span(file, SourceRange(6..<7))))
    #expect(text.hasSuffix("1 | \u{fffd}\u{fffd}a: x\n  |      ^\n"), "\(text)")
  }

  @Test func endOfFileAndOverlongRanges() throws {
    let file = SourceFile(path: "p", text: "a\r\nb")
    func text(_ range: Range<Int>) -> String { Renderer().render(Diagnostic(.syntax, "m", at: Span(file, SourceRange(range)))) }
    #expect(text(4..<4).hasSuffix("p:2:2\n  |\n2 | b\n  |  ^\n"))
    #expect(text(0..<4).hasSuffix("p:1:1\n  |\n1 | a\n  | ^\n"))
    #expect(text(900..<901).hasSuffix("p:2:2\n  |\n2 | b\n  |  ^\n"))
    #expect(
      Renderer().render(Diagnostic(.syntax, "m", at: Span(SourceFile(path: "p", text: ""), SourceRange(0..<0)))).contains("1 |"))
  }

  @Test func colours() throws {
    let text = try render("a: b", mark: "b", label: "here", colour: true)
    #expect(text.contains("\u{1b}[1;31merror[BRD0101]\u{1b}[0m") && text.contains("\u{1b}[1;31m^ here\u{1b}[0m"))
    #expect(!(try render("a: b", mark: "b").contains("\u{1b}")))
  }

  @Test func quoting() {
    #expect(quoted("a\u{1b}[31mb") == #""a\u{1b}[31mb""#)
    #expect(quoted(String(repeating: "x", count: 100)).unicodeScalars.count == 83)
  }
}

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("netwrok", "network"), ("Network", "network"), ("networks", "network"), ("attatch", "attach"), ("atach", "attach"),
    ("zebra", nil),
    ("a", nil), ("", nil), ("network", nil), ("defaultroute", "defaultRoute"), ("default_route", "defaultRoute"),
  ])
  func closest(_ word: String, _ expected: String?) {
    #expect(Suggestion.closest(to: word, among: ["network", "attach", "defaultRoute"]) == expected)
  }

  @Test func distances() {
    func distance(_ a: String, _ b: String) -> Int? { Suggestion.distance(Array(a.utf8), Array(b.utf8), limit: 10) }
    #expect(distance("", "abc") == 3 && distance("abc", "") == 3 && distance("abc", "abc") == 0)
    #expect(distance("abc", "acb") == 1 && distance("kitten", "sitting") == 3 && distance("ca", "abc") == 3)
    #expect(Suggestion.distance(Array("kitten".utf8), Array("sitting".utf8), limit: 2) == nil)
  }

  @Test func longWordsCostNothing() {
    let long = String(repeating: "a", count: 1 << 20)
    #expect(Suggestion.closest(to: long, among: ["a"]) == nil)
    #expect(Suggestion.closest(to: "a", among: [long]) == nil)
  }
}

@Suite struct PositionTests {
  @Test func linesAndColumns() {
    let file = SourceFile(path: "p", text: "é\n\nab\r\nc")
    let places = (0...file.bytes.count).map { "\(file.position(of: $0))" }
    #expect(places == ["1:1", "1:2", "1:2", "2:1", "3:1", "3:2", "3:3", "3:4", "4:1", "4:2"])
  }

  /// A text of a single long line with all findings in it.
  @Test func aLongLineIsNotReadForEachFinding() {
    let file = SourceFile(path: "p", bytes: Array(repeating: UInt8(ascii: "a"), count: 4 << 20))
    let time = processorTime {
      for i in 0..<500 {
        let text = Renderer().render(Diagnostic(.syntax, "m", at: Span(file, SourceRange(i * 8000..<i * 8000 + 1))))
        #expect(text.contains("p:1:\(i * 8000 + 1)\n"))
      }
    }
    #expect(time < .seconds(20), "\(time)")
  }

  @Test func findingsAreBoundedAndSorted() {
    let file = SourceFile(path: "p", text: "abc")
    var findings = Findings()
    for i in (0..<1500).reversed() {
      findings.append(Diagnostic(.syntax, "m\(i)", at: Span(file, SourceRange(i % 3..<i % 3 + 1))))
    }
    findings.append(Diagnostic(.noRules, "whole", at: Span(file, nil)))
    #expect(findings.items.count == 1000 && findings.omitted == 501 && findings.hasErrors)
    #expect(findings.errorText?.hasSuffix("(and 1500 more: braidctl validate shows them all)") == true)
    let offsets = findings.sorted.map { $0.primary.range?.lowerBound ?? -1 }
    #expect(offsets == offsets.sorted())
  }
}
