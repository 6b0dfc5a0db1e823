/// A JSON value (RFC 8259). It keeps the order of members and the digits of numbers.
package enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// The number exactly as written. Braid passes numbers on, and a conversion could round them.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  package init(_ value: some BinaryInteger) { self = .number(String(value)) }

  package var isNull: Bool { self == .null }
  package var bool: Bool? { if case .bool(let v) = self { v } else { nil } }
  package var string: String? { if case .string(let v) = self { v } else { nil } }
  package var array: [JSON]? { if case .array(let v) = self { v } else { nil } }
  package var object: JSONObject? { if case .object(let v) = self { v } else { nil } }
  /// The number as an Int. Nil if it is not whole or does not fit.
  package var int: Int? { if case .number(let v) = self { Int(v) } else { nil } }
  package var uint64: UInt64? { if case .number(let v) = self { UInt64(v) } else { nil } }

  /// The kind of value with its article, for messages: "a string", "an object".
  package var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object in the order of the text. A name that occurs twice is kept twice; look-ups find the last one.
package struct JSONObject: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: JSON
    package init(_ name: String, _ value: JSON) { (self.name, self.value) = (name, value) }
  }

  package var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The value of exactly this name. The setter replaces the value in place or appends a member; nil removes all members of the
  /// name.
  package subscript(name: String) -> JSON? {
    get { members.last { equalBytes($0.name, name) }?.value }
    set {
      guard let newValue else { return members.removeAll { equalBytes($0.name, name) } }
      if let i = members.lastIndex(where: { equalBytes($0.name, name) }) {
        members[i].value = newValue
      } else {
        members.append(.init(name, newValue))
      }
    }
  }

  /// The member that a Go program reads for this name: one with exactly this spelling, otherwise one that differs only in the
  /// case of ASCII letters.
  package func member(named name: String) -> Member? {
    members.last { equalBytes($0.name, name) } ?? members.last { equalFolded($0.name, name) }
  }

  /// The value of `member(named:)`.
  package func value(named name: String) -> JSON? { member(named: name)?.value }

  package var isEmpty: Bool { members.isEmpty }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements.map { Member($0.0, $0.1) }) }
}
extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(String(value)) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements.map { .init($0.0, $0.1) })) }
}

/// Whether two names have the same bytes. `==` also holds for an "é" that is one code point here and two there.
package func equalBytes(_ a: String, _ b: String) -> Bool {
  // `==` of different names mostly ends at the first byte.
  a == b && a.utf8.elementsEqual(b.utf8)
}

/// Whether two names are equal but for the case of ASCII letters.
package func equalFolded(_ a: String, _ b: String) -> Bool {
  a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { folded($0) == folded($1) }
}

private func folded(_ c: UInt8) -> UInt8 { (65...90).contains(c) ? c | 0x20 : c }
