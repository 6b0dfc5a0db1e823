extension Match {
  /// Writes the conditions in the form in which `Matcher` compares them: a section of conditions.
  ///
  /// A condition is a code, the number of its subject, and for `globs` and `texts` a count and that many texts. After `not` follows a
  /// match instead.
  package func write(to writer: inout BinaryWriter, _ subjects: inout SubjectList) {
    writer.section { writer in for condition in conditions { condition.write(to: &writer, &subjects) } }
  }
}

/// The first byte of a condition. `Matcher` says what each means.
enum ConditionCode: UInt8 { case globs, texts, exists, absent, not }

extension Condition {
  fileprivate func write(to writer: inout BinaryWriter, _ subjects: inout SubjectList) {
    switch self {
    case .namespaces(let globs): Self.write(globs, Subject(kind: .namespace), to: &writer, &subjects)
    case .pods(let globs): Self.write(globs, Subject(kind: .pod), to: &writer, &subjects)
    case .value(let source, let name, let test):
      let subject = Subject(source, name)
      switch test {
      case .glob(let glob): Self.write([glob], subject, to: &writer, &subjects)
      case .equals(let text): Self.write(.texts, [Array(text.utf8)], subject, to: &writer, &subjects)
      case .exists(let wanted):
        writer.byte((wanted ? ConditionCode.exists : .absent).rawValue)
        writer.number(subjects.number(subject))
      }
    case .not(let match):
      writer.byte(ConditionCode.not.rawValue)
      match.write(to: &writer, &subjects)
    }
  }

  /// Most patterns are whole names. Their programs are the names' own bytes, and comparing texts is quicker.
  private static func write(
    _ globs: [Glob], _ subject: Subject, to writer: inout BinaryWriter, _ subjects: inout SubjectList
  ) {
    let code = globs.allSatisfy(\.isLiteral) ? ConditionCode.texts : .globs
    write(code, globs.map(\.program), subject, to: &writer, &subjects)
  }

  private static func write(
    _ code: ConditionCode, _ operands: [[UInt8]], _ subject: Subject, to writer: inout BinaryWriter,
    _ subjects: inout SubjectList
  ) {
    writer.byte(code.rawValue)
    writer.number(subjects.number(subject))
    writer.number(operands.count)
    for operand in operands { writer.text(operand) }
  }
}
