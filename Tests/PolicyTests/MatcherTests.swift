import Testing

@testable import Policy

/// The meaning of every condition, decoded and from bytes.
@Suite struct MatcherTests {
  private static let pod = Pod(
    namespace: "db", name: "postgres-0", annotations: ["k": "v1", "empty": "", "accent": "e\u{301}"], labels: ["app": "x"],
    otherArguments: ["A": "b"])

  private static func globs(_ patterns: String...) -> [Glob] { patterns.map { try! Glob($0) } }
  private static func not(_ conditions: Condition...) -> Condition { .not(Match(conditions: conditions)) }

  @Test(
    arguments: [
      ([], true),
      ([.namespaces(globs("db"))], true),
      ([.namespaces(globs("web", "d?"))], true),
      ([.namespaces(globs("web", "db"))], true),
      ([.namespaces(globs("web", "d"))], false),
      ([.namespaces(globs("web-*"))], false),
      ([.namespaces([])], false),
      ([.pods(globs("postgres-*"))], true),
      ([.pods(globs("db"))], false),
      ([.value(.annotation, name: "k", .glob(try! Glob("v*")))], true),
      ([.value(.annotation, name: "k", .glob(try! Glob("v1")))], true),
      ([.value(.annotation, name: "k", .glob(try! Glob("w*")))], false),
      ([.value(.annotation, name: "none", .glob(try! Glob("*")))], false),
      ([.value(.annotation, name: "empty", .glob(Glob(value: "")!))], true),
      ([.value(.annotation, name: "k", .glob(Glob(value: "")!))], false),
      ([.value(.label, name: "app", .equals("x"))], true),
      ([.value(.label, name: "app", .equals("X"))], false),
      ([.value(.label, name: "app", .equals(""))], false),
      ([.value(.label, name: "none", .equals(""))], false),
      ([.value(.annotation, name: "empty", .equals(""))], true),
      // No pattern: the text itself.
      ([.value(.label, name: "app", .equals("*"))], false),
      // One character, written in two ways: the bytes count.
      ([.value(.annotation, name: "accent", .equals("e\u{301}"))], true),
      ([.value(.annotation, name: "accent", .equals("\u{e9}"))], false),
      ([.value(.annotation, name: "accent", .glob(try! Glob("\u{e9}")))], false),
      ([.value(.argument, name: "A", .exists(true))], true),
      ([.value(.argument, name: "A", .exists(false))], false),
      ([.value(.argument, name: "B", .exists(true))], false),
      ([.value(.argument, name: "B", .exists(false))], true),
      // The same name elsewhere is something else.
      ([.value(.label, name: "k", .exists(true))], false),
      ([not(.namespaces(globs("db")))], false),
      ([not(.namespaces(globs("web")))], true),
      ([not()], false),
      ([not(.namespaces(globs("db")), .pods(globs("web")))], true),
      ([not(not(.namespaces(globs("db"))))], true),
      // What stands behind a condition is read too, whichever operand fitted.
      (
        [.namespaces(globs("db", "x", "y")), .pods(globs("x", "postgres-0", "y")), .value(.label, name: "app", .equals("x"))],
        true
      ),
      ([.namespaces(globs("db", "x", "y")), not(.pods(globs("x"))), .value(.label, name: "app", .equals("y"))], false),
    ] as [([Condition], Bool)])
  func conditionsMeanTheSameDecodedAndFromBytes(_ conditions: [Condition], _ expected: Bool) throws {
    let match = Match(conditions: conditions)
    #expect(match.matches(Self.pod) == expected)
    #expect(try binary(match, Self.pod) == expected)
    #expect(match.mismatches(Self.pod).isEmpty == expected)
  }

  @Test(
    arguments: [
      [.namespaces(globs("*"))], [.pods(globs("*"))], [.value(.annotation, name: "k", .exists(true))],
      [.value(.annotation, name: "k", .equals(""))], [not()],
    ] as [[Condition]])
  func aContainerWithoutAPodMeetsNone(_ conditions: [Condition]) throws {
    let match = Match(conditions: conditions)
    #expect(!match.matches(Pod()))
    #expect(try !binary(match, Pod()))
  }

  @Test func damageIsNoMismatch() {
    for bytes in [[1], [1, 9], [2, 0, 0], [3, 0, 5, 1], [4, 0, 0, 1, 9], [10, 4, 8, 4, 6, 4, 4, 4, 2, 4, 0]] as [[UInt8]] {
      #expect(throws: BinaryReader.Damage.self, "\(bytes)") { try binary(bytes, subjects: [1, 0, 0], Self.pod) }
    }
  }

  /// Whether a match, written and read again, holds.
  private func binary(_ match: Match, _ pod: Pod) throws -> Bool {
    var (writer, list, subjects) = (BinaryWriter(), BinaryWriter(), SubjectList())
    match.write(to: &writer, &subjects)
    subjects.write(to: &list)
    return try binary(writer.bytes, subjects: list.bytes, pod)
  }

  private func binary(_ bytes: [UInt8], subjects: [UInt8], _ pod: Pod) throws -> Bool {
    try subjects.withUnsafeBytes { subjects in
      var reader = BinaryReader(subjects)
      let values = try PodValues(pod, &reader)
      return try bytes.withUnsafeBytes { bytes in
        var reader = BinaryReader(bytes)
        let holds = try Matcher.match(&reader, values)
        #expect(reader.isAtEnd)
        return holds
      }
    }
  }
}
