import CNI
import JSON
import NetworkTypes
import Testing

@testable import PluginModel

/// A configuration with a key of every kind.
private struct Sample: KeyedConfiguration, Equatable {
  enum Word: String, CaseIterable { case one, two }

  var flag = false
  var number = 7
  var orZero: Int?
  var name: InterfaceName?
  var text = "default"
  var words: [String] = []
  var word = Word.one
  var inner = Inner()
  var completed = 0

  static let fields: [Field<Sample>] = [
    Field("flag", .flag, doc: "") { $0.flag = $1 },
    Field("no", .refusedFlag("it is not built yet"), doc: "") { _, _ in },
    Field("number", .integer(1...9), doc: "") { $0.number = $1 },
    Field("orZero", .integer(5...9, orZero: true) { "\($0) is wrong" }, doc: "") { $0.orZero = $1 },
    Field("name", .interfaceName, doc: "") { $0.name = $1 },
    Field("text", .text, doc: "") { $0.text = $1 },
    Field("words", .list(of: .text), doc: "") { $0.words = $1 },
    Field("word", .word { "unknown word \($0)" }, doc: "") { $0.word = $1 },
    Field("inner", .object, doc: "") { $0.inner = $1 },
    .unread(Key(name: "unread", type: .any, doc: "")),
    .ofRuntime("runtime", .text) { $0.text = $1 },
  ]

  static let heading = ShapeHeading(id: "sample", name: "a sample", doc: "")

  mutating func complete(at path: ConfigurationError.KeyPath) throws(ConfigurationError) {
    completed += 1
    if flag, number == 9 { throw .invalid(path, reason: "not both") }
  }
}

/// A mapping inside one.
private struct Inner: KeyedConfiguration, Equatable {
  var subnet: CIDR?

  static let fields: [Field<Inner>] = [Field("subnet", .cidr, need: .required, doc: "") { $0.subnet = $1 }]
  static let heading = ShapeHeading(id: "inner", name: "an inner", doc: "")
}

@Suite struct KeyedConfigurationTests {
  private func read(_ json: String) throws -> Sample {
    try Sample(ConfigurationReader(#require(try JSON(parsing: json).object)))
  }

  private func refusal(_ json: String) -> String? {
    do {
      _ = try read(json)
      return nil
    } catch { return "\(error)" }
  }

  @Test func valuesAreTaken() throws {
    var expected = Sample()
    (expected.flag, expected.number, expected.orZero, expected.completed) = (true, 3, 5, 1)
    (expected.name, expected.text, expected.words, expected.word) = (try InterfaceName("eth0"), "x", ["a", ""], .two)
    expected.inner.subnet = try CIDR("10.0.0.0/8")
    #expect(
      try read(
        #"{"flag":true,"no":false,"NUMBER":3,"orZero":5,"name":"eth0","text":"x","words":["a",""],"Word":"two","unread":[5],"#
          + #""inner":{"SubNet":"10.0.0.0/8"},"other":1}"#) == expected)
    #expect(try read(#"{"runtime":"made"}"#).text == "made")
  }

  /// Null, the empty text and, for keys that say so, 0 leave the default.
  @Test(arguments: ["{}", #"{"flag":null,"number":null,"inner":null,"words":null}"#, #"{"name":"","word":"","orZero":0}"#])
  func defaults(_ json: String) throws {
    var expected = Sample()
    expected.completed = 1
    #expect(try read(json) == expected)
  }

  @Test(arguments: [
    (#"{"flag":1}"#, "flag: expected a boolean, found a number"), (#"{"no":true}"#, "no: it is not built yet"),
    (#"{"no":"x"}"#, "no: expected a boolean, found a string"), (#"{"number":0}"#, "number: 0 is not from 1 to 9"),
    (#"{"number":10}"#, "number: 10 is not from 1 to 9"), (#"{"number":1.5}"#, "number: expected a whole number, found a number"),
    (#"{"number":0,"flag":1}"#, "flag: expected a boolean, found a number"), (#"{"orZero":4}"#, "orZero: 4 is wrong"),
    (#"{"name":"a/b"}"#, "name: interface name contains / or : or whitespace characters: a/b"),
    (#"{"text":5}"#, "text: expected a string, found a number"), (#"{"words":"a"}"#, "words: expected an array, found a string"),
    (#"{"words":["a",null]}"#, "words[1]: expected a string, found null"), (#"{"word":"One"}"#, "word: unknown word One"),
    (#"{"inner":[]}"#, "inner: expected an object, found an array"),
    (#"{"inner":{}}"#, #"required key "inner.subnet" is missing"#),
    (#"{"inner":{"subnet":""}}"#, #"required key "inner.subnet" is missing"#),
    (#"{"inner":{"subnet":"10.0.0.0"}}"#, "inner.subnet: invalid CIDR address: 10.0.0.0"),
    (#"{"flag":true,"number":9}"#, "not both"), (#"{"runtime":5}"#, "runtime: expected a string, found a number"),
  ])
  func refusals(_ json: String, _ text: String) { #expect(refusal(json) == text) }

  @Test func theShapeHasTheKeysOfTheTable() {
    let keys = Sample.shape.keys
    #expect(keys.map(\.name) == ["flag", "no", "number", "orZero", "name", "text", "words", "word", "inner", "unread"])
    #expect(Sample.shape.isPlugin && Sample.shape.id == "sample")
    guard case .object(let inner)? = Sample.shape.key("inner")?.type else {
      Issue.record("inner is no mapping")
      return
    }
    #expect(inner.keys.map(\.name) == ["subnet"] && inner.keys[0].isRequired)
  }
}

/// The table and the reader accept the same texts.
@Suite struct TextCodecTests {
  private static let texts = [
    "", "/", "/srv/x", "srv", "/a\u{0}b", "/\u{301}x", "eth0", "a/b", "a b", ".", "..", "sixteen-is-toomany", "fifteen-is-good",
    "10.1.2.3", "10.1.2", "10.1.2.3/24", "10.1.2.0/24", "10.1.2.3/33", "10.1.2.3/024", "fd00::1", "fd00::/64", "fd00::/129", "::",
    "02:00:00:00:00:01", "02-00-00-00-00-01", "0200.0000.0001", "02:00:00:00:00", "02:00:00:00:00:0g", "bridge", "Bridge",
    "passthru", "\u{e9}", " ",
  ]

  private func agree<Value>(_ codec: Codec<Value>, sourceLocation: SourceLocation = #_sourceLocation) {
    guard case .text(let format) = codec.type() else {
      Issue.record("it is no text", sourceLocation: sourceLocation)
      return
    }
    for text in Self.texts {
      let isTaken: Bool
      // The empty text means that the key is absent. Only a required key refuses that.
      do { isTaken = try codec.decode(.string(text), .init("key")) != nil || format.takesNothing } catch { isTaken = false }
      #expect(isTaken == (format.problem(with: text) == nil), "\(format): \(text)", sourceLocation: sourceLocation)
    }
  }

  @Test func tableAndReaderAgree() {
    agree(Codec<InterfaceName>.interfaceName)
    agree(Codec<MACAddress>.mac)
    agree(Codec<IPAddress>.address)
    agree(Codec<CIDR>.cidr)
    agree(Codec<String>.absolutePath)
    agree(Codec<String>.text)
    agree(Codec<MacvlanConfiguration.Mode>.word { $0 })
  }

  /// A path with a zero byte is refused: the kernel would end the path there and open another file.
  @Test func aPathHasNoZeroByte() throws {
    let object: JSONObject = [
      "name": "net", "type": "host-local", "ipam": ["type": "host-local", "dataDir": "/a\u{0}b", "subnet": "10.0.0.0/8"],
    ]
    #expect(throws: PluginConfigurationError.self) { try HostLocalConfiguration(PluginConfiguration(object)) }
  }
}

extension TextFormat {
  fileprivate var takesNothing: Bool { problem(with: "") == nil }
}
