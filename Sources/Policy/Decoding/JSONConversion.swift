import Diagnostics
import JSON
import YAML

/// Converts YAML nodes into the JSON that plugins read.
package struct JSONConversion {
  let file: SourceFile
  var findings = Findings()

  package init(file: SourceFile) { self.file = file }

  /// Numbers keep their digits if JSON can write them so. A number that JSON cannot write, or that programs read differently, is
  /// a finding.
  package mutating func json(_ node: YAMLNode) -> JSON {
    switch node.content {
    case .sequence(let items):
      var array: [JSON] = []
      for item in items { array.append(json(item)) }
      return .array(array)
    case .mapping(let pairs): return .object(object(pairs))
    case .scalar(let scalar): return json(scalar, node.range)
    }
  }

  mutating func object(_ pairs: [YAMLPair]) -> JSONObject {
    var object = JSONObject()
    for pair in pairs { object.members.append(.init(pair.key, json(pair.value))) }
    return object
  }

  private mutating func json(_ scalar: YAMLScalar, _ range: SourceRange) -> JSON {
    switch scalar.value {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .string: return .string(scalar.text)
    case .integer(.decimal), .float(.finite): return decimal(scalar.text, range)
    case .integer(.octal): return number(scalar.text.dropFirst(2), radix: 8, range)
    case .integer(.hexadecimal): return number(scalar.text.dropFirst(2), radix: 16, range)
    case .float:
      return refuse("\(scalar.text) is a number that JSON cannot write", range, help: "quote it if it is meant as text")
    }
  }

  private mutating func refuse(_ message: String, _ range: SourceRange, help: String) -> JSON {
    findings.append(Diagnostic(.ambiguousNumber, message, at: Span(file, range), help: help))
    return .null
  }

  private mutating func number(_ digits: Substring, radix: Int, _ range: SourceRange) -> JSON {
    guard let value = UInt64(digits, radix: radix) else {
      return refuse("the number does not fit 64 bits", range, help: "write it in decimal")
    }
    return .number(String(value))
  }

  /// Rewrites `+5`, `.5` and `5.` in the form of JSON. Refuses leading zeros: YAML 1.2 reads such a number as decimal, YAML 1.1
  /// as octal, and JSON not at all.
  private mutating func decimal(_ text: String, _ range: SourceRange) -> JSON {
    var body = Substring(text)
    let isNegative = body.first == "-"
    if isNegative || body.first == "+" { body = body.dropFirst() }
    let whole = body.prefix { ("0"..."9").contains($0) }
    var rest = body.dropFirst(whole.count)
    if whole.count > 1, whole.first == "0" {
      return refuse(
        "programs read a number with leading zeros differently", range, help: "write \(unpadded(whole))\(rest), or quote it")
    }
    var out = (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole)
    if rest.first == "." {
      rest = rest.dropFirst()
      let fraction = rest.prefix { ("0"..."9").contains($0) }
      out += "." + (fraction.isEmpty ? "0" : fraction)
      rest = rest.dropFirst(fraction.count)
    }
    return .number(out + rest)
  }

  private func unpadded(_ digits: Substring) -> String {
    let rest = digits.drop { $0 == "0" }
    return rest.isEmpty ? "0" : String(rest.prefix(40))
  }
}
