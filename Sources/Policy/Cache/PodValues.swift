import YAML

/// What of a Pod a condition is about.
struct Subject: Hashable {
  enum Kind: UInt8 { case namespace, pod, annotation, label, argument }

  let kind: Kind
  /// Empty for namespace and Pod.
  let name: String

  init(kind: Kind, name: String = "") { (self.kind, self.name) = (kind, name) }

  init(_ source: Condition.ValueSource, _ name: String) {
    let kind: Kind =
      switch source {
      case .annotation: .annotation
      case .label: .label
      case .argument: .argument
      }
    self.init(kind: kind, name: name)
  }

  func value(of pod: Pod) -> String? {
    switch kind {
    case .namespace: pod.namespace
    case .pod: pod.name
    case .annotation: pod.annotations[name]
    case .label: pod.labels[name]
    case .argument: pod.otherArguments[name]
    }
  }

  /// All that conditions are about, each with a number.
  struct List {
    private var numbers: [Subject: Int] = [:]
    private var subjects: [Subject] = []

    mutating func number(_ subject: Subject) -> Int {
      if let known = numbers[subject] { return known }
      numbers[subject] = subjects.count
      subjects.append(subject)
      return subjects.count - 1
    }

    func write(to writer: inout BinaryWriter) {
      writer.number(subjects.count)
      for subject in subjects {
        writer.byte(subject.kind.rawValue)
        writer.text(subject.name)
      }
    }
  }
}

/// A Pod's values of a list of subjects, by their numbers.
struct PodValues: ~Copyable {
  /// All of them, one behind the other.
  private let memory: UnsafeMutableRawBufferPointer
  /// Nil where the Pod has none.
  private var values: [UnsafeRawBufferPointer?] = []

  init(_ pod: Pod, _ reader: inout BinaryReader) throws(BinaryReader.Damage) {
    let texts = try Self.texts(of: pod, &reader)
    memory = .allocate(byteCount: texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }, alignment: 1)
    var offset = 0
    for text in texts {
      guard let text else {
        values.append(nil)
        continue
      }
      let place = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + text.utf8.count])
      place.copyBytes(from: text.utf8)
      values.append(UnsafeRawBufferPointer(place))
      offset += place.count
    }
  }

  deinit { memory.deallocate() }

  private static func texts(of pod: Pod, _ reader: inout BinaryReader) throws(BinaryReader.Damage) -> [String?] {
    var texts: [String?] = []
    for _ in 0..<(try reader.number()) {
      guard let kind = Subject.Kind(rawValue: try reader.byte()) else { throw BinaryReader.Damage() }
      texts.append(Subject(kind: kind, name: try reader.text()).value(of: pod))
    }
    return texts
  }

  /// Valid as long as they are.
  func value(_ number: Int) throws(BinaryReader.Damage) -> UnsafeRawBufferPointer? {
    guard values.indices.contains(number) else { throw BinaryReader.Damage() }
    return values[number]
  }
}
