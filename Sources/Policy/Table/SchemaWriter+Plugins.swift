import JSON
import PluginModel

/// Writes the JSON Schema for plugins' configurations, following the way that plugins read them.
///
/// A key that an external plugin reads has a description but accepts any value: a value that Braid would not expect is not an
/// error.
extension SchemaWriter {
  mutating func pluginSchema(of shape: Shape, isBinding: Bool) -> JSONObject {
    var (properties, folded) = (JSONObject(), JSONObject())
    for key in shape.keys {
      let type = schema(of: key.type)
      let value = key.isRequired ? type : Self.orNull(type)
      let isStrict = isBinding && !key.isPassedOver && !type.isEmpty
      var property: JSONObject = isStrict || type.isEmpty ? value : ["anyOf": [.object(value), [:]]]
      property["description"] = .string(key.doc)
      properties[key.name] = .object(property)
      if isStrict { folded[Self.pattern(folding: key.name)] = .object(value) }
    }
    var object: JSONObject = ["description": .string(shape.doc), "type": "object", "properties": .object(properties)]
    if !folded.isEmpty { object["patternProperties"] = .object(folded) }
    var required = isBinding ? shape.keys.filter(\.isRequired).map { Self.mustHave($0.name) } : []
    if shape.id == IPAMReference.shape.id { required.append(Self.typeBesideKeys) }
    let variants = variants(of: shape, by: Self.foldedType)
    if !(required + variants).isEmpty { object["allOf"] = .array(required + variants) }
    return object
  }

  /// For each plugin with known keys: if `type` names the plugin, then its schema applies.
  mutating func variants(of shape: Shape, by condition: (String) -> JSON) -> [JSON] {
    var variants: [JSON] = []
    for plugin in shape.plugins {
      guard let keys = plugin.shape else { continue }
      let id = define(keys.id) { writer in writer.pluginSchema(of: keys, isBinding: plugin.isBuiltIn) }
      variants.append(["if": condition(plugin.type), "then": ["$ref": .string("#/$defs/" + id)]])
    }
    return variants
  }

  /// The schema for `ipam` of a plugin that is not built in: a built-in IPAM plugin reads its keys there too. The schemas of the
  /// built-in plugins have their own `ipam`.
  var ipamOfAny: JSON {
    mutating get {
      let id = define("anyIPAM") { writer in
        [
          "description": "The IPAM plugin of a plugin that is not built in.",
          "allOf": .array(writer.variants(of: IPAMReference.shape, by: Self.foldedType)),
        ]
      }
      let builtIn = Plugin.chain.filter(\.isBuiltIn).map { JSON.string($0.type) }
      let readers = Plugin.chain.filter { !$0.isBuiltIn && $0.readsIPAM }.map { JSON.string($0.type) }
      return [
        "if": ["properties": ["type": ["enum": .array(builtIn)]], "required": ["type"]],
        "else": .object(
          Self.ipam(["$ref": .string("#/$defs/" + id)]).appending(
            "allOf",
            [
              [
                "if": ["properties": ["type": ["enum": .array(readers)]], "required": ["type"]],
                "then": .object(Self.ipam(Self.typeBesideKeys)),
              ]
            ])),
      ]
    }
  }

  /// A schema for the key `ipam`, in upper or lower case.
  private static func ipam(_ schema: JSON) -> JSONObject {
    [
      "properties": ["ipam": schema], "patternProperties": .object(JSONObject().appending(pattern(folding: "ipam"), schema)),
    ]
  }

  /// Requires a filled `type` of a mapping that has other keys.
  private static var typeBesideKeys: JSON {
    let name = pattern(folding: "type")
    return [
      "anyOf": [
        ["propertyNames": ["pattern": .string(name)]],
        [
          "patternProperties": .object(JSONObject().appending(name, ["type": "string", "minLength": 1])),
          "not": ["propertyNames": ["not": ["pattern": .string(name)]]],
        ],
      ]
    ]
  }

  static func exactType(_ type: String) -> JSON {
    ["properties": ["type": ["const": .string(type)]], "required": ["type"]]
  }

  static func foldedType(_ type: String) -> JSON {
    let name = pattern(folding: "type")
    return [
      "type": "object", "patternProperties": .object(JSONObject().appending(name, ["const": .string(type)])),
      "not": ["propertyNames": ["not": ["pattern": .string(name)]]],
    ]
  }

  /// Requires a key, in upper or lower case.
  private static func mustHave(_ name: String) -> JSON {
    ["anyOf": [["required": [.string(name)]], ["not": ["propertyNames": ["not": ["pattern": .string(pattern(folding: name))]]]]]]
  }

  static func orNull(_ schema: JSONObject) -> JSONObject {
    var object = schema
    if let type = schema["type"]?.string {
      object["type"] = [.string(type), "null"]
    } else if let values = schema["enum"]?.array {
      object["enum"] = .array(values + [.null])
    } else if let value = schema["const"] {
      return ["enum": [value, .null]]
    } else if let alternatives = schema["anyOf"]?.array {
      object["anyOf"] = .array(alternatives + [["type": "null"]])
    } else if !schema.isEmpty {
      return ["anyOf": [.object(schema), ["type": "null"]]]
    }
    return object
  }

  /// A pattern for a name in upper or lower case.
  static func pattern(folding name: String) -> String {
    let letters = name.map { letter in
      letter.isLetter ? "[\(letter.uppercased())\(letter.lowercased())]" : letter == "." ? "\\." : String(letter)
    }
    return "^" + letters.joined() + "$"
  }
}

extension JSONObject {
  fileprivate func appending(_ name: String, _ value: JSON) -> JSONObject { JSONObject(members + [.init(name, value)]) }
}
