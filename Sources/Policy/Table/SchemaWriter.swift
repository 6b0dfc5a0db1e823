import JSON
import PluginModel

/// Writes the JSON Schema of shapes and types, and collects the definitions that they refer to.
struct SchemaWriter {
  var definitions = JSONObject()

  mutating func schema(of shape: Shape) -> JSONObject {
    if shape.isPlugin { return pluginSchema(of: shape, isBinding: true) }
    var properties = JSONObject()
    for key in shape.keys {
      var property = schema(of: key.type)
      // The key's description wins over that of the definition, because it says what the value is for here.
      property["description"] = .string(key.doc)
      properties[key.name] = .object(property)
    }
    let required = shape.keys.filter(\.isRequired).map { JSON.string($0.name) }
    var object: JSONObject = ["description": .string(shape.doc), "type": "object", "properties": .object(properties)]
    if !required.isEmpty { object["required"] = .array(required) }
    if shape.isChoice { (object["minProperties"], object["maxProperties"]) = (1, 1) }
    if !shape.plugins.isEmpty { object["allOf"] = .array(variants(of: shape, by: Self.exactType) + [ipamOfAny]) }
    object["additionalProperties"] = .bool(shape.isOpen)
    return object
  }

  mutating func schema(of type: ValueType) -> JSONObject {
    switch type {
    case .text(let format): return format.schema
    case .boolean: return ["type": "boolean"]
    case .falseOnly: return ["const": false]
    case .integer(let range, let orZero): return Self.schema(of: range, orZero: orZero)
    case .list(let element, let atLeast):
      var object: JSONObject = ["type": "array", "items": .object(schema(of: element))]
      if atLeast > 0 { object["minItems"] = JSON(atLeast) }
      return object
    case .object(let shape): return ["$ref": .string("#/$defs/" + define(shape))]
    case .map(let keys, let value):
      return ["type": "object", "propertyNames": .object(keys.schema), "additionalProperties": .object(schema(of: value))]
    case .anyObject: return ["type": "object"]
    case .any: return [:]
    case .either(let types):
      var alternatives: [JSON] = []
      for type in types { alternatives.append(.object(schema(of: type))) }
      return ["anyOf": .array(alternatives)]
    }
  }

  private static func schema(of range: ClosedRange<Int>, orZero: Bool) -> JSONObject {
    var object: JSONObject = ["type": "integer", "minimum": JSON(range.lowerBound)]
    if range.upperBound != .max { object["maximum"] = JSON(range.upperBound) }
    return orZero ? ["anyOf": [["const": 0], .object(object)]] : object
  }

  mutating func define(_ shape: Shape) -> String {
    define(shape.id) { writer in writer.schema(of: shape) }
  }

  mutating func define(_ id: String, _ schema: (inout SchemaWriter) -> JSONObject) -> String {
    if definitions[id] == nil {
      // Reserving the place first keeps the definitions in the order of their first use.
      definitions[id] = .null
      definitions[id] = .object(schema(&self))
    }
    return id
  }
}
