import Foundation
import JSON
import PluginModel
import Testing
import TestSupport

@testable import Policy

@Suite struct SchemaTests {
  static let project = Golden.root.deletingLastPathComponent().deletingLastPathComponent()

  /// The committed schema, which editors load, is the one made from the table of keys.
  @Test func theCommittedSchemaIsGenerated() throws {
    try Golden.expect(
      PolicySchema.json.text(pretty: true) + "\n", equals: Self.project.appending(path: "schemas/policy.v1.schema.json"))
  }

  /// Every reference in the schema has a definition, and every definition is used.
  @Test func definitionsAndReferencesAgree() throws {
    let schema = try #require(PolicySchema.json.object)
    let definitions = try #require(schema["$defs"]?.object).members.map(\.name)
    var references: Set<String> = []
    func walk(_ json: JSON) {
      for item in json.array ?? [] { walk(item) }
      for member in json.object?.members ?? [] {
        if member.name == "$ref", let text = member.value.string { references.insert(text) }
        walk(member.value)
      }
    }
    walk(.object(schema))
    #expect(references == Set(definitions.map { "#/$defs/\($0)" }))
  }

  /// Alternatives take different kinds of values; otherwise a reader could not choose between them.
  @Test func alternativesAreOfDifferentKinds() {
    func walk(_ type: ValueType) {
      switch type {
      case .either(let types):
        let kinds = types.flatMap(\.kinds)
        #expect(Set(kinds).count == kinds.count)
        for type in types { walk(type) }
      case .list(let element, _): walk(element)
      case .map(_, let value): walk(value)
      case .object(let shape): for key in shape.keys { walk(key.type) }
      default: break
      }
    }
    walk(.object(PolicyTable.policy))
    for plugin in [Plugin.braid] + Plugin.all { if let shape = plugin.shape { walk(.object(shape)) } }
  }
}
