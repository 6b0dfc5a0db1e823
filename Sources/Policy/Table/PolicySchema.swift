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
