import Diagnostics
import TestSupport
import Testing

@testable import YAML

/// The cost of reading grows no faster than the text, and no text overflows the stack.
@Suite struct BoundTests {
  @Test func depth() {
    #expect(findings(Array(String(repeating: "[", count: 100).utf8)) == ["1:101 syntax"])
    #expect(findings(Array(String(repeating: "[", count: 101).utf8)) == ["1:101 tooDeep"])
    #expect(findings(Array(String(repeating: "[", count: 1 << 20).utf8)) == ["1:101 tooDeep"])
    #expect(findings(Array(String(repeating: "{a: ", count: 1 << 18).utf8)) == ["1:401 tooDeep"])
    #expect(findings(Array(String(repeating: "- ", count: 1 << 18).utf8)) == ["1:201 tooDeep"])
    let block = (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(findings(Array(block.utf8)) == ["101:101 tooDeep"])
    // Values behind an alias count for the depth too.
    let half = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    let outer = String(repeating: "[", count: 60) + "*x" + String(repeating: "]", count: 60)
    #expect(findings(Array("- &x \(half)\n- \(outer)".utf8)) == ["2:63 tooDeep"])
  }

  @Test func length() {
    #expect(findings(Array("a: 1\n".utf8), limits: YAMLLimits(bytes: 5)) == [])
    #expect(findings(Array("a: 12\n".utf8), limits: YAMLLimits(bytes: 5)) == ["fileTooLarge"])
  }

  /// Ten levels with ten aliases each would expand to ten thousand million nodes.
  @Test func aliasBomb() {
    var text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in 1...10 {
      let aliases = Array(repeating: "*l\(i - 1)", count: 10).joined(separator: ", ")
      text += "l\(i): &l\(i) [\(aliases)]\n"
    }
    let found = findings(Array(text.utf8))
    #expect(found.count == 1 && found[0].hasSuffix("aliasExpansion"), "\(found)")
    let long =
      "a: &a " + String(repeating: "x", count: 1 << 20) + "\nb: [" + Array(repeating: "*a", count: 5).joined(separator: ", ")
      + "]"
    #expect(findings(Array(long.utf8)) == ["2:17 aliasExpansion"])
    #expect(findings(Array("a: &a {b: [1, 2]}\nc: [*a, *a, *a]".utf8)) == [])
  }

  /// Texts for which a naive scanner takes quadratic time. Even a debug build must read a quarter of a megabyte of each in seconds.
  @Test(arguments: [
    "a: b\n", "- - x\n", "[], ", "{a: b}, ", "? ", "'", "\"\\", "#", "\n", " ", "&a ", "!a ", "*a, ", "a", ": ", "| \n", "é ",
    "a:\n",
  ])
  func repetition(_ piece: String) {
    let count = (1 << 18) / piece.utf8.count
    for prefix in ["", "[", "- "] {
      let time = processorTime { _ = findings(Array((prefix + String(repeating: piece, count: count)).utf8)) }
      #expect(time < .seconds(10), "\(prefix)\(piece): \(time)")
    }
  }

  @Test func manyKeysAreNotQuadratic() {
    let keys = (0..<100_000).map { "key\($0): x\n" }.joined()
    #expect(findings(Array(keys.utf8)) == [])
    let same = String(repeating: "key: x\n", count: 100_000)
    #expect(findings(Array(same.utf8)).count == Findings.limit)
  }

  /// Mutations of good texts, by a generator with a fixed seed. Nothing may crash, and every refused text has a finding.
  @Test func mutations() {
    var random = SeededGenerator(7)
    let seeds = [
      "a: [1, {b: \"c\\u00e9\"}, *x]\nd: &x |\n  text\n  more\n? e\n: !!str 12\n", "{\"a\":[true,null,1e3,\"\\ud83d\\ude00\"]}",
      "%YAML 1.2\n---\nключ: 'x''y'\n- \t:\n...\n--- >-\n folded\n",
    ].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var text = random.pick(seeds)
      for _ in 0...Int.random(in: 0..<4, using: &random) { mutate(&text, &random) }
      var found = Findings()
      let documents = YAMLDocument.all(SourceFile(path: "t", bytes: text), &found)
      #expect(documents != nil || found.hasErrors)
      _ = Renderer().render(found.sorted)
    }
  }

  private func mutate(_ text: inout [UInt8], _ random: inout SeededGenerator) {
    let pieces = [
      "\t", "[", "]", "{", "}", ": ", "- ", "&x ", "*x", "\"", "'", "\n", "#", "|", ">", "!", "%", "\\", "<<: ", "---\n",
      "\u{85}", "\u{2028}",
    ]
    let at = Int.random(in: 0..<text.count + 1, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: text.insert(contentsOf: random.pick(pieces).utf8, at: at)
    case 1: text.insert(UInt8.random(in: .min ... .max, using: &random), at: at)
    case 2: text.removeSubrange(at..<min(text.count, at + 1 + Int.random(in: 0..<3, using: &random)))
    default: if at < text.count { text[at] = UInt8.random(in: .min ... .max, using: &random) }
    }
  }
}
