import Diagnostics
import JSON

/// The form of `Report.json` as a JSON Schema (draft 2020-12).
enum ReportSchema {
  static let identifier = "urn:braid:schema:report:v1"

  static var json: JSON {
    let count: JSON = ["type": "integer", "minimum": 0]
    return object(
      "What braidctl validate --format json prints.",
      [
        "reportVersion": [
          "const": .string(Report.version),
          "description": "Changes when a reader of the old form would misunderstand the new one.",
        ],
        "summary": object(
          "Totals over all policies.",
          [
            "errors": count, "warnings": count, "allowed": described(count, "Findings that comments allow."),
            "omitted": described(count, "Findings beyond those that are kept."),
          ]),
        "policies": [
          "type": "array", "items": reference("policy"), "description": "In the order of the command line.",
        ],
      ], beside: head, definitions)
  }

  private static let head: JSONObject = [
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": .string(identifier), "title": "Report of braidctl validate",
  ]

  private static var definitions: JSONObject {
    [
      "$defs": [
        "policy": policy, "finding": finding, "allowed": allowed, "related": related, "range": range, "position": position,
      ]
    ]
  }

  private static let policy = object(
    "One policy of the command line.",
    [
      "path": described(["type": "string"], "The path as it was given; <stdin> for -."),
      "findings": ["type": "array", "items": reference("finding"), "description": "Sorted by file and place."],
      "allowed": ["type": "array", "items": reference("allowed")],
      "omitted": ["type": "integer", "minimum": 0],
    ])

  private static let findingKeys: JSONObject = [
    "code": [
      "type": "string", "pattern": "^BRD[0-9]{4}$", "description": "The kind of finding. A code is never used for another kind.",
    ],
    "title": described(["type": "string"], "The kind in a few words."),
    "severity": ["enum": ["error", "warning"]],
    "message": described(["type": "string"], "One sentence without a full stop."),
    "file": ["type": "string"],
    "range": described(reference("range"), "Absent if the finding is about the whole file."),
    "label": described(["type": "string"], "A few words about the place itself."),
    "help": described(["type": "string"], "What to do."),
    "related": ["type": "array", "items": reference("related")],
  ]

  private static let optional: Set<String> = ["range", "label", "help"]

  private static let finding = object("Something to mend.", findingKeys)

  private static var allowed: JSON {
    var keys = findingKeys
    keys["reason"] = described(["type": "string", "minLength": 1], "The reason in the comment.")
    return object("A warning that a comment in the policy allows.", keys)
  }

  private static let related = object(
    "Another place that belongs to a finding.",
    ["file": ["type": "string"], "range": reference("range"), "message": ["type": "string"]])

  private static let range = object(
    "A part of a file; the end is just after it.", ["start": reference("position"), "end": reference("position")])

  private static let position = object(
    "A place in a file.",
    [
      "line": ["type": "integer", "minimum": 1],
      "column": ["type": "integer", "minimum": 1, "description": "In Unicode code points."],
      "offset": ["type": "integer", "minimum": 0, "description": "In bytes."],
    ])

  // MARK: - Words of JSON Schema

  private static func reference(_ name: String) -> JSON { ["$ref": .string("#/$defs/" + name)] }

  private static func described(_ schema: JSON, _ text: String) -> JSON {
    var object = schema.object ?? [:]
    object["description"] = .string(text)
    return .object(object)
  }

  private static func object(
    _ text: String, _ keys: JSONObject, beside head: JSONObject = [:], _ tail: JSONObject = [:]
  ) -> JSON {
    let required = keys.members.map(\.name).filter { !optional.contains($0) }
    var object = head
    object["description"] = .string(text)
    object["type"] = "object"
    object["properties"] = .object(keys)
    object["required"] = .array(required.map { .string($0) })
    object["additionalProperties"] = false
    object.members += tail.members
    return .object(object)
  }
}
