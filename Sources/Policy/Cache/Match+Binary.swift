import YAML

/// The conditions of rules as bytes, which are held against a Pod where they lie: of all rules but the one that matches nothing else is read.
extension Match {
  fileprivate enum Code: UInt8 { case globs, texts, equals, exists, absent, not }

  func write(to writer: inout BinaryWriter, _ subjects: inout Subject.List) {
    writer.section { writer in for condition in conditions { condition.write(to: &writer, &subjects) } }
  }
}

extension Condition {
  fileprivate func write(to writer: inout BinaryWriter, _ subjects: inout Subject.List) {
    switch self {
    case .namespaces(let globs): Self.write(globs, about: Subject(kind: .namespace), to: &writer, &subjects)
    case .pods(let globs): Self.write(globs, about: Subject(kind: .pod), to: &writer, &subjects)
    case .value(let source, let name, .glob(let glob)): Self.write([glob], about: Subject(source, name), to: &writer, &subjects)
    case .value(let source, let name, .equals(let text)):
      writer.byte(Match.Code.equals.rawValue)
      writer.number(subjects.number(Subject(source, name)))
      writer.text(text)
    case .value(let source, let name, .exists(let isThere)):
      writer.byte((isThere ? Match.Code.exists : .absent).rawValue)
      writer.number(subjects.number(Subject(source, name)))
    case .not(let match):
      writer.byte(Match.Code.not.rawValue)
      match.write(to: &writer, &subjects)
    }
  }

  private static func write(
    _ globs: [Glob], about subject: Subject, to writer: inout BinaryWriter, _ subjects: inout Subject.List
  ) {
    // Most patterns are whole names, which are compared at once.
    writer.byte((globs.allSatisfy { $0.literal != nil } ? Match.Code.texts : .globs).rawValue)
    writer.number(subjects.number(subject))
    writer.number(globs.count)
    for glob in globs { writer.text(glob.program) }
  }
}

extension PodValues {
  /// Reads a match to its end: whether it holds for the Pod. `depth` is how many `not` there may be inside one another.
  func match(_ reader: inout BinaryReader, depth: Int = 4) throws(BinaryReader.Damage) -> Bool {
    var conditions = try reader.section()
    while !conditions.isAtEnd { if try !holds(&conditions, depth) { return false } }
    return true
  }

  private func holds(_ reader: inout BinaryReader, _ depth: Int) throws(BinaryReader.Damage) -> Bool {
    guard let code = Match.Code(rawValue: try reader.byte()), depth > 0 else { throw BinaryReader.Damage() }
    if code == .not { return try !match(&reader, depth: depth - 1) }
    let value = try value(try reader.number())
    switch code {
    case .globs:
      return try isAny(of: value, &reader) { (reader, value) throws(BinaryReader.Damage) in Glob.matches(try reader.raw(), value)
      }
    case .texts:
      return try isAny(of: value, &reader) { (reader, value) throws(BinaryReader.Damage) in try reader.text(is: value) }
    case .equals:
      guard let value else { return false }
      return try reader.text(is: value)
    case .exists: return value != nil
    case .absent, .not: return value == nil
    }
  }

  /// Reads a list to its end: whether one of its items, each of which the closure reads, fits the value.
  @inline(__always)
  private func isAny(
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
