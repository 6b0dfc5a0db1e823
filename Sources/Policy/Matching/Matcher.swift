/// The one place that says what conditions mean.
///
/// It compares their binary form (`Match.write`) with a Pod's values in place, and decodes nothing. Kept policies have this form on
/// disk; decoded conditions are written into it to be compared (`MatchProgram`).
package enum Matcher {
  /// How many `not` there may be inside one another; the policy's language has one. It bounds the recursion over damaged bytes.
  private static let depth = 4

  /// Reads a match to its end. Returns whether all its conditions hold; without any, they hold for every Pod.
  static func match(
    _ reader: inout BinaryReader, _ values: borrowing PodValues
  ) throws(BinaryReader.Damage) -> Bool {
    try match(&reader, values, depth)
  }

  /// Reads a row of matches up to the first that holds. Returns how many come before it; nil if none holds.
  package static func firstMatch(
    _ reader: inout BinaryReader, _ values: borrowing PodValues
  ) throws(BinaryReader.Damage) -> Int? {
    var number = 0
    while !reader.isAtEnd {
      if try match(&reader, values, depth) { return number }
      number += 1
    }
    return nil
  }

  private static func match(
    _ reader: inout BinaryReader, _ values: borrowing PodValues, _ depth: Int
  ) throws(BinaryReader.Damage) -> Bool {
    var conditions = try reader.section()
    while !conditions.isAtEnd { if try !holds(&conditions, values, depth) { return false } }
    return true
  }

  /// Texts are compared by their bytes, as patterns do it. To Swift two texts are equal if Unicode holds them for equivalent.
  private static func holds(
    _ reader: inout BinaryReader, _ values: borrowing PodValues, _ depth: Int
  ) throws(BinaryReader.Damage) -> Bool {
    guard let code = ConditionCode(rawValue: try reader.byte()), depth > 0 else { throw BinaryReader.Damage() }
    if code == .not { return try !match(&reader, values, depth - 1) }
    let value = try values.value(try reader.number())
    switch code {
    case .globs:
      return try isAny(of: value, &reader) { (reader, value) throws(BinaryReader.Damage) in
        Glob.matches(try reader.raw(), value)
      }
    case .texts:
      return try isAny(of: value, &reader) { (reader, value) throws(BinaryReader.Damage) in try reader.text(is: value) }
    case .exists: return value != nil
    case .absent, .not: return value == nil
    }
  }

  /// Reads a list of texts to its end. Returns whether there is a value and one of the texts fits it; the closure reads a text.
  @inline(__always)
  private static func isAny(
    of value: UnsafeRawBufferPointer?, _ reader: inout BinaryReader,
    _ fits: (inout BinaryReader, UnsafeRawBufferPointer) throws(BinaryReader.Damage) -> Bool
  ) throws(BinaryReader.Damage) -> Bool {
    var isAny = false
    for _ in 0..<(try reader.number()) {
      if let value, !isAny { isAny = try fits(&reader, value) } else { _ = try reader.raw() }
    }
    return isAny
  }
}
