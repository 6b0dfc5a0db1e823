import JSON
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"b":1,"a":[true,false,null,"x"],"b2":{}}"#, #"[-0,0.10,1e400,18446744073709551616,-1.5E+3]"#, #""\"\\/\n\r\té😀""#, "[]",
    "{}",
    "[[[[]]]]", "12345678901234567890123",
  ])
  func whatIsReadIsWrittenBack(_ text: String) throws {
    let once = try JSON(parsing: text).text()
    #expect(try JSON(parsing: once).text() == once)
    #expect(try JSON(parsing: JSON(parsing: text).text(pretty: true)) == JSON(parsing: text))
  }

  @Test(arguments: [
    ("1", 0), ("\"\\u0001\\\\\\n\\u007f\u{e9}\"", 0), ("[]", 1), ("{}", 1), ("[1,null,true,false]", 1),
    ("{\"a\":[{\"b\":1,\"c\":[[]]}],\"d\":{}}", 5),
  ])
  func depthAndLengthAreThoseOfTheText(_ text: String, _ depth: Int) throws {
    let json = try JSON(parsing: text)
    #expect(json.depth == depth && json.textLength == json.text().utf8.count)
  }

  @Test func numbersKeepTheirDigits() throws {
    #expect(try JSON(parsing: "[34359738359, 1.0, 1e2]").text() == "[34359738359,1.0,1e2]")
  }

  @Test func membersKeepTheirOrderAndTheLastOfTwoCounts() throws {
    let object = try #require(JSON(parsing: #"{"z":1,"a":2,"z":3}"#).object)
    #expect(object.members.map(\.name) == ["z", "a", "z"])
    #expect(object["z"] == 3)
  }

  @Test func namesMatchExactlyFirstAndThenInAnyCase() throws {
    let object = try #require(JSON(parsing: #"{"RuntimeConfig":1,"runtimeConfig":2,"BandWidth":3}"#).object)
    #expect(object.value(named: "runtimeConfig") == 2)
    #expect(object.value(named: "bandwidth") == 3)
    #expect(object.value(named: "missing") == nil)
  }

  @Test func prettyTextHasFourBlanksAndNoneBeforeAColon() throws {
    let text = try JSON(parsing: #"{"ips":[{"a":1}],"e":[],"o":{}}"#).text(pretty: true)
    #expect(text == "{\n    \"ips\": [\n        {\n            \"a\": 1\n        }\n    ],\n    \"e\": [],\n    \"o\": {}\n}")
  }

  @Test func escapesAreRead() throws {
    #expect(try JSON(parsing: #""\u0041\ud83d\ude00\/\b\f""#).string == "A😀/\u{8}\u{c}")
    #expect(try JSON(parsing: #""\ud83dx""#).string == "\u{fffd}x")
    #expect(try JSON(parsing: #""\ud83dA""#).string == "\u{fffd}A")
  }

  @Test(
    arguments: [
      ("", .empty, 1, 1), ("  \n ", .empty, 2, 2), ("{", .truncated, 1, 2), (#"{"a""#, .truncated, 1, 5),
      (#"{"a":}"#, .expected(.value), 1, 6),
      (#"{"a":1,}"#, .trailingComma, 1, 7), ("[1, \n]", .trailingComma, 1, 3), ("[1 2]", .expected(.commaOrBracket), 1, 4),
      (#"{"a": 1 "b": 2}"#, .expected(.commaOrBrace), 1, 9), (#"{"a" 1}"#, .expected(.colon), 1, 6),
      ("nul", .truncated, 1, 4), ("nulx", .expected(.word), 1, 4), ("[1, // two", .comment, 1, 5), ("[1 /* */]", .comment, 1, 4),
      ("# one", .comment, 1, 1), ("[1 / 2]", .expected(.commaOrBracket), 1, 4),
      ("{}\n{}", .trailing, 2, 1), ("01", .badNumber, 1, 2), ("1.", .badNumber, 1, 3), ("-x", .badNumber, 1, 2),
      ("1e+", .badNumber, 1, 4),
      (#""\x""#, .badEscape, 1, 3), (#""\u12g4""#, .badEscape, 1, 6), ("\"a\nb\"", .openString, 1, 3),
      ("\"a\tb\"", .badString, 1, 3), ("{a:1}", .expected(.key), 1, 2), ("'a'", .singleQuotes, 1, 1),
    ] as [(String, JSONError.Problem, Int, Int)])
  func mistakesHaveAPlace(_ text: String, _ problem: JSONError.Problem, _ line: Int, _ column: Int) {
    #expect(throws: JSONError(problem: problem, line: line, column: column)) { try JSON(parsing: text) }
  }

  @Test func invalidUTF8IsRefused() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xff, 0x22]) }
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xed, 0xa0, 0x80, 0x22]) }
  }

  @Test func depthIsBounded() throws {
    let deep = { (n: Int) in String(repeating: "[", count: n) + String(repeating: "]", count: n) }
    _ = try JSON(parsing: deep(128))
    #expect(throws: JSONError.self) { try JSON(parsing: deep(129)) }
    #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: #"{"a":"#, count: 1_000_000)) }
  }

  @Test func controlCharactersAreEscaped() {
    #expect(JSON.string("\u{1}\u{7f}\"").text() == #""\u0001\u007f\"""#)
  }

  @Test func settingAMemberReplacesAppendsOrRemoves() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = 3
    object["c"] = 4
    object["b"] = nil
    #expect(JSON.object(object).text() == #"{"a":3,"c":4}"#)
  }
}
