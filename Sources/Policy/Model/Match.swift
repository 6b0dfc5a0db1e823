/// What a Pod must be for a rule; every condition must hold, and without any it holds for every Pod.
package struct Match: Sendable {
  package let conditions: [Condition]

  package var isCatchAll: Bool { conditions.isEmpty }

  package func matches(_ pod: Pod) -> Bool { conditions.allSatisfy { $0.holds(for: pod) } }

  /// The conditions that the Pod does not meet, with what it has instead; empty where the rule matches.
  package func mismatches(_ pod: Pod) -> [Mismatch] {
    conditions.filter { !$0.holds(for: pod) }.map { Mismatch(condition: $0, found: $0.subject(of: pod)) }
  }
}

/// One thing that a rule asks of a Pod.
package indirect enum Condition: Sendable {
  /// The namespace matches one of the patterns.
  case namespaces([Glob])
  /// The Pod's name matches one of the patterns.
  case pods([Glob])
  /// A value that the Pod has under a name.
  case value(ValueSource, name: String, ValueTest)
  /// Not everything of this holds.
  case not(Match)

  /// Where values by name come from.
  package enum ValueSource: String, Hashable, Sendable { case annotation, label, argument }

  package func holds(for pod: Pod) -> Bool {
    switch self {
    case .namespaces(let globs), .pods(let globs):
      guard let subject = subject(of: pod) else { return false }
      return globs.contains { $0.matches(subject) }
    case .value(_, _, let test): return test.holds(for: subject(of: pod))
    case .not(let match): return !match.matches(pod)
    }
  }

  /// What of the Pod the condition is about; nil where the runtime gave none, and for `not`.
  func subject(of pod: Pod) -> String? {
    switch self {
    case .namespaces: pod.namespace
    case .pods: pod.name
    case .value(.annotation, let name, _): pod.annotations[name]
    case .value(.label, let name, _): pod.labels[name]
    case .value(.argument, let name, _): pod.otherArguments[name]
    case .not: nil
    }
  }
}

/// What a value must be.
package enum ValueTest: Hashable, Sendable {
  /// There, and it matches.
  case glob(Glob)
  /// There, and this very text.
  case equals(String)
  /// There (true) or not there (false).
  case exists(Bool)

  func holds(for value: String?) -> Bool {
    switch self {
    case .glob(let glob): value.map { glob.matches($0) } ?? false
    // By their bytes, as patterns do: to Swift, texts are equal that Unicode only holds for equivalent.
    case .equals(let text): value.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    case .exists(let wanted): (value != nil) == wanted
    }
  }
}

/// A condition that a Pod does not meet.
package struct Mismatch: Sendable {
  package let condition: Condition
  /// What the Pod has; nil where the runtime gave none.
  package let found: String?
}
