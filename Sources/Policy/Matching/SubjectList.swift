/// The subjects of conditions, each with a number, by which the conditions' binary form calls them.
package struct SubjectList: Sendable {
  private(set) var subjects: [Subject] = []
  /// Used only once there are many subjects: a few are searched quicker than hashed.
  private var numbers: [Subject: Int] = [:]

  private static let few = 8

  package init() {}

  mutating func number(_ subject: Subject) -> Int {
    if let known = subjects.count <= Self.few ? subjects.firstIndex(of: subject) : numbers[subject] { return known }
    subjects.append(subject)
    if subjects.count > Self.few {
      for (i, subject) in subjects.enumerated().dropFirst(numbers.count) { numbers[subject] = i }
    }
    return subjects.count - 1
  }

  package func write(to writer: inout BinaryWriter) {
    writer.number(subjects.count)
    for subject in subjects {
      writer.byte(subject.kind.rawValue)
      writer.text(subject.name)
    }
  }

  static func read(_ reader: inout BinaryReader) throws(BinaryReader.Damage) -> [Subject] {
    var subjects: [Subject] = []
    for _ in 0..<(try reader.number()) {
      guard let kind = Subject.Kind(rawValue: try reader.byte()) else { throw BinaryReader.Damage() }
      subjects.append(Subject(kind: kind, name: try reader.text()))
    }
    return subjects
  }
}
