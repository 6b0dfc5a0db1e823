import Diagnostics

/// The tags of YAML's core schema. Other tags are refused.
enum CoreTag {
  static let string = "tag:yaml.org,2002:str"
  static let mapping = "tag:yaml.org,2002:map"
  static let sequence = "tag:yaml.org,2002:seq"

  struct Mismatch: Error {
    let code: DiagnosticCode
    let message: String
    let help: String
  }

  /// The type of a scalar: its tag decides, or without a tag its style and text.
  static func value(of text: String, _ style: YAMLScalar.Style, tag: String?) throws(Mismatch) -> YAMLValue {
    guard let tag else { return style == .plain ? YAMLValue(plain: text) : .string }
    if tag == string || tag == "!" { return .string }
    let value = YAMLValue(plain: text)
    let fits: Bool
    switch (tag, value) {
    case ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:int", .integer),
      ("tag:yaml.org,2002:float", .float), ("tag:yaml.org,2002:float", .integer):
      fits = true
    case ("tag:yaml.org,2002:null", _), ("tag:yaml.org,2002:bool", _), ("tag:yaml.org,2002:int", _),
      ("tag:yaml.org,2002:float", _):
      fits = false
    default: throw Mismatch(code: .unsupportedTag, message: "the tag \(quoted(tag)) is not supported", help: "remove the tag")
    }
    guard fits else {
      throw Mismatch(
        code: .tagMismatch, message: "\(quoted(text)) does not fit its tag !!\(tag.dropFirst(string.utf8.count - 3))",
        help: "remove the tag or correct the value")
    }
    return value
  }
}
