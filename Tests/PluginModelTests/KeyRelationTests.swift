import Testing

@testable import PluginModel

/// What the descriptions of keys say about other keys is in the table's relations too, which validation checks.
@Suite struct KeyRelationTests {
  @Test(arguments: Plugin.all.compactMap(\.shape?.id)) func theTableHoldsWhatTheTextsSay(_ id: String) throws {
    let shape = try #require(Plugin.all.compactMap(\.shape).first { $0.id == id })
    for key in shape.keys {
      for found in key.doc.matches(of: /Not with (?:an )?`([A-Za-z]+)`/) {
        let other = String(found.output.1)
        #expect(
          shape.relations.contains(.excludes(key.name, other)) || shape.relations.contains(.excludes(other, key.name)),
          "\(id): \(key.name) and \(other)")
      }
      for found in key.doc.matches(of: /Needs `([A-Za-z]+)`/) {
        #expect(shape.relations.contains(.needs(key.name, String(found.output.1))), "\(id): \(key.name)")
      }
    }
  }

  /// A relation is about keys of its own table.
  @Test func relationsNameKeys() {
    for shape in Plugin.all.compactMap(\.shape) {
      for relation in shape.relations {
        let names =
          switch relation {
          case .excludes(let a, let b), .needs(let a, let b), .excludesWord(let a, let b, _): [a, b]
          case .oneOf(let keys, _): keys
          }
        for name in names { #expect(shape.key(name) != nil, "\(shape.id): \(name)") }
      }
    }
  }
}
