import YAML

/// What a rule's conditions ask of a Pod, cut down to what can be told without reading the rule: a Pod that a filter turns away the rule
/// does not match; one that it lets through may match or not.
enum RuleFilter {
  /// What of a Pod a condition is about.
  struct Subject: Hashable {
    enum Kind: UInt8 { case namespace, pod, annotation, label, argument }

    let kind: Kind
    let name: String

    func value(of pod: Pod) -> [UInt8]? {
      let text =
        switch kind {
        case .namespace: pod.namespace
        case .pod: pod.name
        case .annotation: pod.annotations[name]
        case .label: pod.labels[name]
        case .argument: pod.otherArguments[name]
        }
      return text.map { Array($0.utf8) }
    }
  }

  /// The texts that one condition takes: those that start so, or this very one.
  private struct Alternative {
    let prefix: String
    let isWhole: Bool

    init(_ glob: Glob) {
      if let literal = glob.literal {
        (prefix, isWhole) = (literal, true)
      } else {
        (prefix, isWhole) = (glob.literalPrefix, false)
      }
    }

    init(prefix: String, isWhole: Bool) { (self.prefix, self.isWhole) = (prefix, isWhole) }
  }

  /// Writes the filter of a match, its length first; subjects that are new get the next number.
  static func write(_ match: Match, to writer: inout BinaryWriter, _ subjects: inout [Subject: Int]) {
    let start = writer.bytes.count
    writer.number(0)
    for (subject, alternatives) in match.conditions.compactMap({ need($0) }) {
      let number = subjects[subject] ?? subjects.count
      subjects[subject] = number
      writer.number(number)
      writer.number(alternatives.count)
      for alternative in alternatives {
        // The length and, in the lowest bit, whether it is the whole text.
        writer.number(alternative.prefix.utf8.count << 1 | (alternative.isWhole ? 1 : 0))
        writer.raw(Array(alternative.prefix.utf8))
      }
    }
    writer.replace(at: start, writer.bytes.count - start - 4)
  }

  /// Nil for a condition of which nothing can be told.
  private static func need(_ condition: Condition) -> (Subject, [Alternative])? {
    switch condition {
    case .namespaces(let globs): (Subject(kind: .namespace, name: ""), globs.map { Alternative($0) })
    case .pods(let globs): (Subject(kind: .pod, name: ""), globs.map { Alternative($0) })
    case .value(_, _, .exists(false)), .not: nil
    case .value(let source, let name, let test): (Subject(kind: kind(source), name: name), [alternative(test)])
    }
  }

  private static func kind(_ source: Condition.ValueSource) -> Subject.Kind {
    switch source {
    case .annotation: .annotation
    case .label: .label
    case .argument: .argument
    }
  }

  private static func alternative(_ test: ValueTest) -> Alternative {
    switch test {
    case .glob(let glob): Alternative(glob)
    case .equals(let text): Alternative(prefix: text, isWhole: true)
    case .exists: Alternative(prefix: "", isWhole: false)
    }
  }

  /// A Pod's values of the subjects, by their numbers, side by side.
  struct Values {
    private var text: [UInt8] = []
    /// Nil where the Pod has none.
    private var ranges: [Range<Int>?] = []

    init(_ subjects: [Subject], of pod: Pod) {
      for subject in subjects {
        let value = subject.value(of: pod)
        ranges.append(value.map { text.count..<text.count + $0.count })
        text += value ?? []
      }
    }

    /// Reads a filter to its end: whether a rule that has it may match.
    func pass(_ reader: inout BinaryReader) throws(BinaryReader.Damage) -> Bool {
      let length = try reader.number()
      let end = reader.offset + length
      defer { reader.offset = end }
      while reader.offset < end {
        let subject = try reader.number()
        var left = try reader.number()
        guard ranges.indices.contains(subject) else { throw BinaryReader.Damage() }
        guard let range = ranges[subject] else { return false }
        var isMet = false
        while left > 0 {
          left -= 1
          let head = try reader.number()
          isMet = try reader.skip(head >> 1, isStartOf: text, in: range, whole: head & 1 == 1) || isMet
        }
        if !isMet { return false }
      }
      return true
    }
  }
}
