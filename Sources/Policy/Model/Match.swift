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
package enum Condition: Sendable {
  /// The namespace matches one of the patterns.
  case namespaces([Glob])
  /// The Pod's name matches one of the patterns.
  case pods([Glob])
  /// The annotation is there and its value matches.
  case annotation(String, Glob)

  func holds(for pod: Pod) -> Bool {
    guard let subject = subject(of: pod) else { return false }
    switch self {
    case .namespaces(let globs), .pods(let globs): return globs.contains { $0.matches(subject) }
    case .annotation(_, let glob): return glob.matches(subject)
    }
  }

  /// What of the Pod the condition is about; nil where the runtime gave none.
  func subject(of pod: Pod) -> String? {
    switch self {
    case .namespaces: pod.namespace
    case .pods: pod.name
    case .annotation(let key, _): pod.annotations[key]
    }
  }
}
