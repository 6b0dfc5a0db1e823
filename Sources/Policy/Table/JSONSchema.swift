import CNI
import JSON

/// The table of keys as a JSON Schema (draft 2020-12), for editors and other validators.
package enum PolicySchema {
  package static let identifier = "urn:braid:schema:policy:v1"

  /// The schema of one policy file. Every mapping of the table is a definition of its own.
  package static var json: JSON {
    var writer = SchemaWriter()
    let root = writer.schema(of: PolicyTable.policy)
    var object: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(identifier), "title": "Braid policy",
    ]
    object.members += root.members
    object["$defs"] = .object(writer.definitions)
    return .object(object)
  }
}

/// Writes types down and collects the definitions that they need.
private struct SchemaWriter {
  var definitions = JSONObject()

  mutating func schema(of shape: Shape) -> JSONObject {
    var properties = JSONObject()
    for key in shape.keys {
      var property = schema(of: key.type)
      // Beside a reference the key's own words win: they say what it is for here.
      property["description"] = .string(key.doc)
      properties[key.name] = .object(property)
    }
    let required = shape.keys.filter(\.isRequired).map { JSON.string($0.name) }
    var object: JSONObject = ["description": .string(shape.doc), "type": "object", "properties": .object(properties)]
    if !required.isEmpty { object["required"] = .array(required) }
    if shape.isChoice { (object["minProperties"], object["maxProperties"]) = (1, 1) }
    object["additionalProperties"] = .bool(shape.isOpen)
    return object
  }

  private mutating func schema(of type: ValueType) -> JSONObject {
    switch type {
    case .text(let format): return format.schema
    case .boolean: return ["type": "boolean"]
    case .integer(let range):
      var object: JSONObject = ["type": "integer", "minimum": JSON(range.lowerBound)]
      if range.upperBound != .max { object["maximum"] = JSON(range.upperBound) }
      return object
    case .list(let element, let atLeast):
      var object: JSONObject = ["type": "array", "items": .object(schema(of: element))]
      if atLeast > 0 { object["minItems"] = JSON(atLeast) }
      return object
    case .object(let shape): return ["$ref": .string("#/$defs/" + define(shape))]
    case .map(let keys, let value):
      return ["type": "object", "propertyNames": .object(keys.schema), "additionalProperties": .object(schema(of: value))]
    case .anyObject: return ["type": "object"]
    case .either(let types):
      var alternatives: [JSON] = []
      for type in types { alternatives.append(.object(schema(of: type))) }
      return ["anyOf": .array(alternatives)]
    }
  }

  private mutating func define(_ shape: Shape) -> String {
    if definitions[shape.id] == nil {
      // The place first, so that definitions stand in the order of their first use.
      definitions[shape.id] = .null
      definitions[shape.id] = .object(schema(of: shape))
    }
    return shape.id
  }
}

extension TextFormat {
  /// IPv4 in full; of IPv6 that it has a colon.
  private static var addressPattern: String {
    let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    return #"(?:\#(octet)(?:\.\#(octet)){3}|(?=[^/]*:)[0-9A-Fa-f:.]{2,45})"#
  }

  /// As much of the format as a schema can say: it may take a text that `problem(with:)` refuses, never the reverse.
  fileprivate var schema: JSONObject {
    var object: JSONObject = ["type": "string"]
    func pattern(_ expression: String) { object["pattern"] = .string("^(?:\(expression))$") }
    func length(_ least: Int, _ most: Int) { (object["minLength"], object["maxLength"]) = (JSON(least), JSON(most)) }
    switch self {
    case .apiVersion: return ["const": "braid/v1"]
    case .kind: return ["const": "Policy"]
    case .specVersion: return ["enum": .array(SpecVersion.allCases.map { .string($0.rawValue) })]
    case .family: return ["enum": ["ipv4", "ipv6"]]
    case .networkName: pattern("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
    case .interfaceName: pattern(#"(?!\.\.?$)[^/:\s\u0000]{1,15}"#)
    case .pluginType: pattern(#"(?!\.\.?$)[^/\u0000-\u0020\u007f]{1,255}"#)
    case .ruleName:
      pattern(#"[^\u0000-\u001f\u007f-\u009f]+"#)
      length(1, 253)
    case .nameGlob:
      pattern(#"(?:[^\\\[\]{}!]|\\[^\[\]{}!])+"#)
      length(1, Glob.maximumLength)
    case .valueGlob:
      pattern(#"(?:[^\\]|\\[\s\S])*"#)
      length(0, Glob.maximumLength)
    case .value: break
    case .valueKey: length(1, 512)
    case .addressOrPrefix: pattern(Self.addressPattern + "(?:/[0-9]{1,3})?")
    case .address: pattern(Self.addressPattern)
    case .mac:
      pattern(#"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}"#)
    case .transport: pattern("[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Ss][Cc][Tt][Pp]")
    }
    return object
  }
}
