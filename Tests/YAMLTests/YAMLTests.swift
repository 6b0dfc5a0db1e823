import Diagnostics
import Testing

@testable import YAML

/// Reads one document that must be good.
func node(_ text: String) throws -> YAMLNode {
  var findings = Findings()
  let document = YAMLDocument.single(SourceFile(path: "t.yaml", text: text), &findings)
  #expect(findings.isEmpty, "\(findings.items.map(\.oneLine))")
  return try #require(document).root
}

/// The findings of a text as `line:column code`.
func findings(_ bytes: [UInt8], limits: YAMLLimits = .init()) -> [String] {
  var findings = Findings()
  _ = YAMLDocument.single(SourceFile(path: "t.yaml", bytes: bytes), limits: limits, &findings)
  return findings.items.map { "\($0.primary.position.map { "\($0) " } ?? "")\($0.code)" }
}

@Suite struct ScalarTests {
  @Test(
    arguments: [
      ("yes", .string), ("no", .string), ("on", .string), ("off", .string), ("y", .string), ("true", .bool(true)),
      ("True", .bool(true)),
      ("FALSE", .bool(false)), ("tRUE", .string), ("~", .null), ("null", .null), ("NULL", .null), ("nUll", .string),
      ("0", .integer(.decimal)),
      ("-12", .integer(.decimal)), ("+5", .integer(.decimal)), ("012", .integer(.decimal)), ("0o17", .integer(.octal)),
      ("0o8", .string), ("0x1F", .integer(.hexadecimal)), ("0xg", .string), ("0x", .string), ("0b1", .string), ("1_000", .string),
      ("1.5", .float(.finite)), (".5", .float(.finite)), ("5.", .float(.finite)), ("1e3", .float(.finite)),
      ("-1.5E+3", .float(.finite)),
      ("1e", .string), (".", .string), ("-", .string), ("+", .string), ("-.", .string), (".inf", .float(.infinite)),
      ("-.INF", .float(.infinite)),
      (".nan", .float(.notANumber)), ("-.nan", .string), ("10.244.7.0/24", .string), ("10.244.7", .string), ("1:30", .string),
      ("02:42:ac:11:00:02", .string), ("2026-11-23", .string), ("0.1.0", .string),
      ("99999999999999999999999", .integer(.decimal)),
    ] as [(String, YAMLValue)])
  func coreSchema(_ text: String, _ value: YAMLValue) { #expect(YAMLValue(plain: text) == value) }

  @Test func stylesAndTags() throws {
    let root = try node(
      """
      a: 12
      b: "12"
      c: '12'
      d: !!str 12
      e: ! 12
      f: |
        x
         y
      g: >-
        x
        y
      h:
      i: !!float 3
      """)
    #expect(
      root.mapping?.map { "\($0.key)=\($0.value.scalar?.text ?? "")/\($0.value.kind)" } == [
        "a=12/a number", "b=12/a string", "c=12/a string", "d=12/a string", "e=12/a string", "f=x\n y\n/a string",
        "g=x y/a string",
        "h=/null", "i=3/a number",
      ])
  }
}

@Suite struct PlaceTests {
  /// Every key and value with the text that its range covers.
  private func places(_ text: String) throws -> [String] {
    var out: [String] = []
    func cut(_ range: SourceRange) -> String { String(decoding: Array(text.utf8)[range.offsets], as: UTF8.self) }
    func walk(_ node: YAMLNode) {
      out.append(cut(node.range))
      for item in node.sequence ?? [] { walk(item) }
      for pair in node.mapping ?? [] {
        out.append(cut(pair.keyRange) + ":")
        walk(pair.value)
      }
    }
    walk(try node(text))
    return out
  }

  @Test func block() throws {
    #expect(
      try places("a:\n  - x # one\n  - \"y\"\n\n# end\nb: |\n  t\n\nc:\n") == [
        "a:\n  - x # one\n  - \"y\"\n\n# end\nb: |\n  t\n\nc:", "a:", "- x # one\n  - \"y\"", "x", "\"y\"", "b:", "|\n  t", "c:",
        "",
      ])
  }

  @Test func flow() throws {
    #expect(
      try places("{a: [1, {b: c}], \"d\":\"e\" }") == [
        "{a: [1, {b: c}], \"d\":\"e\" }", "a:", "[1, {b: c}]", "1", "{b: c}", "b:", "c", "\"d\":", "\"e\"",
      ])
  }

  @Test func wideCharacters() throws {
    let line = "ключ: [日本, \"😀\", x]"
    #expect(try places(line) == [line, "ключ:", "[日本, \"😀\", x]", "日本", "\"😀\"", "x"])
    // The text is long enough for several entries of the table of offsets.
    let many = String(repeating: "- 日本語日本語日本語日本語日本語\n", count: 200) + "- end"
    #expect(try places(many).last == "end")
  }

  @Test func aliasesHaveTheirOwnPlace() throws {
    #expect(
      try places("a: &x {k: v}\nb: *x\nc: &y z\nd: [*y, *y]") == [
        "a: &x {k: v}\nb: *x\nc: &y z\nd: [*y, *y]", "a:", "&x {k: v}", "k:", "v", "b:", "*x", "k:", "v", "c:", "&y z", "d:",
        "[*y, *y]", "*y",
        "*y",
      ])
  }

  @Test func json() throws {
    let root = try node(
      "{\n\t\"cniVersion\":\"1.0.0\",\n\t\"plugins\":[{\"type\":\"bridge\",\"mtu\":1500,\"a\\/b\":\"\\u00e9\\n\"}]}")
    let plugin = try #require(root["plugins"]?.value.sequence?.first)
    #expect(plugin["mtu"]?.value.scalar?.value == .integer(.decimal))
    #expect(plugin["a/b"]?.value.string == "é\n")
  }
}

@Suite struct RefusalTests {
  @Test(
    arguments: [
      ("", ["emptyDocument"]), ("# nothing\n", ["emptyDocument"]), ("a: 1\na: 2", ["2:1 duplicateKey"]),
      ("{a: 1, 'a': 2, \"a\": 3}", ["1:8 duplicateKey", "1:16 duplicateKey"]), ("a: 1\n---\nb: 2", ["2:1 severalDocuments"]),
      ("a:\n\tb: 1", ["2:1 tabIndentation"]), ("\ta: 1", ["1:1 tabIndentation"]), ("a:\n  -\tb: 1", ["2:4 tabIndentation"]),
      ("a: |\n\tb", ["2:1 tabIndentation"]), ("[a]: 1", ["1:1 keyNotText"]), ("? {a: 1}\n: 2", ["1:3 keyNotText"]),
      ("a: &x 1\n*x : 2", ["2:1 keyNotText"]), (": 1", ["1:1 syntax"]), ("?\n: 1", ["1:2 keyNotText"]),
      ("a: &x {b: 1}\nc:\n  <<: *x", ["3:3 mergeKey"]),
      ("a: !mine 1", ["1:4 unsupportedTag"]), ("a: !!binary aGk=", ["1:4 unsupportedTag"]),
      ("a: !!timestamp 2001-01-01", ["1:4 unsupportedTag"]),
      ("a: !!set {b}", ["1:4 unsupportedTag"]), ("a: !!int x", ["1:4 tagMismatch"]), ("a: !!bool yes", ["1:4 tagMismatch"]),
      ("a: *x", ["1:4 unknownAlias"]), ("a: &x [*x]", ["1:8 cyclicAlias"]), ("&x a: *x", ["1:7 cyclicAlias"]),
      ("a: \"\\ud83d\\ude00\"", ["1:5 surrogateEscape"]), ("a: \"\\ud83d\"", ["1:5 surrogateEscape"]),
      ("a: \"\\q\"", ["1:5 syntax"]),
      ("%YAML 1.1\n---\na: yes", ["1:1 yamlVersion"]), ("a: b: c", ["1:5 syntax"]), ("a: @b", ["1:4 syntax"]),
      ("a: [1, 2", ["1:9 syntax"]),
      ("a: {b: 1", ["1:9 syntax"]), ("a: 'b", ["1:6 syntax"]), ("a:\n    b: 1\n   c: 2", ["3:4 syntax"]),
      ("- a\nb: 1", ["2:1 syntax"]),
      ("a: 1\n- b", ["2:1 syntax"]), ("a: 1\nb\nc: 2", ["3:1 syntax"]), ("a: %b", ["1:4 syntax"]),
      ("a: x\n b: y", ["2:3 syntax"]),
      ("a: [1 2: 3 }", ["1:12 syntax"]), ("...\n...", ["1:1 syntax"]), ("a: \u{1}", ["1:4 controlCharacter"]),
      ("é: \u{7f}", ["1:4 controlCharacter"]), ("a: \u{feff}b", ["1:4 controlCharacter"]), ("a: b\0c", ["1:5 controlCharacter"]),
    ] as [(String, [String])])
  func text(_ text: String, _ expected: [String]) { #expect(findings(Array(text.utf8)) == expected) }

  @Test(
    arguments: [
      ([0xef, 0xbb, 0xbf, 0x61], "encoding"), ([0xff, 0xfe, 0x61, 0], "encoding"), ([0xfe, 0xff, 0, 0x61], "encoding"),
      ([0xff, 0xfe, 0, 0, 0x61], "encoding"), ([0x61, 0x3a, 0x20, 0xc3], "1:4 encoding"),
      ([0x61, 0x3a, 0x20, 0xc0, 0x80], "1:4 encoding"),
      ([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80], "1:4 encoding"), ([0x0a, 0x80], "2:1 encoding"),
      ([0xf4, 0x90, 0x80, 0x80], "1:1 encoding"),
      ([0xe0, 0x80, 0x80], "1:1 encoding"), ([0xf0, 0x8f, 0xbf, 0xbf], "1:1 encoding"), ([0xc3, 0x28], "1:1 encoding"),
    ] as [([UInt8], String)])
  func bytes(_ bytes: [UInt8], _ expected: String) { #expect(findings(bytes) == [expected]) }

  @Test func duplicatesPointToTheFirst() throws {
    var found = Findings()
    let keys = (0..<40).map { "k\($0): \($0)\n" }.joined()
    _ = YAMLDocument.single(SourceFile(path: "t", text: keys + "k3: x\nk39: y\n"), &found)
    #expect(found.items.map { $0.secondary.first?.span.position?.line } == [4, 40])
    #expect(found.items.map { $0.primary.position?.line } == [41, 42])
  }

  @Test func surrogatePairsAreTranslated() {
    var found = Findings()
    _ = YAMLDocument.single(SourceFile(path: "t", text: #"{"a":"x\ud83d\ude00y"}"#), &found)
    #expect(found.items.first?.help == #"write the character 😀 itself, or \U0001F600"#)
    #expect(found.items.first?.primary.range?.offsets == 7..<19)
  }

  @Test func keysAreTexts() throws {
    #expect(try node("123: a\ntrue: b\n~: c\n").mapping?.map(\.key) == ["123", "true", "~"])
    #expect(try node("!!str k: a\n'<<': b").mapping?.map(\.key) == ["k", "<<"])
  }

  @Test func severalDocumentsWhereTheyAreWanted() throws {
    var found = Findings()
    let documents = YAMLDocument.all(SourceFile(path: "t", text: "a: &x 1\n---\n- b\n...\n---\nc\n"), &found)
    #expect(documents?.map(\.root.kind) == ["a mapping", "a list", "a string"])
    let crossing = YAMLDocument.all(SourceFile(path: "t", text: "a: &x 1\n---\n- *x\n"), &found)
    #expect(crossing == nil)
    #expect(found.items.map(\.code) == [.unknownAlias])
  }
}
