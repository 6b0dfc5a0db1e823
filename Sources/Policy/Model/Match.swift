/// The conditions that a Pod must meet for a rule. All of them must hold; without any, the match holds for every Pod.
package struct Match: Sendable {
  package let conditions: [Condition]

  package init(conditions: [Condition]) { self.conditions = conditions }

  package var isCatchAll: Bool { conditions.isEmpty }

  package func matches(_ pod: Pod) -> Bool { MatchProgram(self).holds(for: pod) }

  /// The conditions that the Pod does not meet, with the value that it has instead. Empty if the match holds.
  package func mismatches(_ pod: Pod) -> [Mismatch] {
    conditions.filter { !Match(conditions: [$0]).matches(pod) }
      .map { Mismatch(condition: $0, found: $0.subject?.value(of: pod)) }
  }
}

/// One demand of a rule on a Pod. `Matcher` says what each means.
package indirect enum Condition: Sendable {
  /// The namespace matches one of the patterns.
  case namespaces([Glob])
  /// The Pod's name matches one of the patterns.
  case pods([Glob])
  /// A value that the Pod has under a name passes the test.
  case value(ValueSource, name: String, ValueTest)
  /// The conditions inside do not all hold.
  case not(Match)

  /// Where values by name come from.
  package enum ValueSource: String, Hashable, Sendable { case annotation, label, argument }
}

/// A test of one value.
package enum ValueTest: Hashable, Sendable {
  /// The value is there and matches the pattern.
  case glob(Glob)
  /// The value is there and is this very text.
  case equals(String)
  /// The value is there (true) or not (false).
  case exists(Bool)
}

/// A condition that a Pod does not meet.
package struct Mismatch: Sendable {
  package let condition: Condition
  /// The Pod's value; nil if the runtime gave none.
  package let found: String?
}
