import Diagnostics

extension PolicyLint {
  /// Conditions compared at most, so that a policy of thousands of rules is looked through in seconds.
  private static let comparisons = 2_000_000

  /// Rules that never match, since an earlier one takes all of their Pods.
  mutating func checkReachability() {
    var left = Self.comparisons
    for (i, rule) in draft.rules.enumerated() {
      for earlier in draft.rules[..<i] {
        left -= 1 + earlier.match.conditions.count * rule.match.conditions.count
        guard left > 0 else { return }
        guard earlier.isSound, earlier.match.covers(rule.match) else { continue }
        let what = earlier.match.isCatchAll ? "this rule takes every Pod" : "this rule takes all of its Pods"
        report(
          .unreachableRule, "\(rule.title) never matches", rule.span, [.init(earlier.span, what)],
          help: "move it before \(earlier.title)")
        break
      }
    }
  }
}

extension PolicyDraft.Rule {
  /// Whether nothing of the match has been left out because it was wrong.
  fileprivate var isSound: Bool {
    guard let given = node["match"]?.value else { return true }
    return (given.mapping?.isEmpty ?? false) || !match.conditions.isEmpty
  }
}

extension Match {
  /// Whether every Pod that the other matches is matched by this one; false where that cannot be told easily.
  func covers(_ other: Match) -> Bool {
    conditions.allSatisfy { wanted in other.conditions.contains { wanted.follows(from: $0) } }
  }
}

extension Condition {
  /// Whether this holds for every Pod for which the other holds.
  func follows(from other: Condition) -> Bool {
    switch (self, other) {
    case (.namespaces(let wide), .namespaces(let narrow)), (.pods(let wide), .pods(let narrow)):
      return narrow.allSatisfy { glob in wide.contains { $0.covers(glob) } }
    case (.value(let source, let name, let wide), .value(let otherSource, let otherName, let narrow)):
      return source == otherSource && name == otherName && wide.follows(from: narrow)
    case (.not(let narrow), .not(let wide)): return wide.covers(narrow)
    default: return false
    }
  }
}

extension ValueTest {
  fileprivate func follows(from other: ValueTest) -> Bool {
    switch (self, other) {
    case (.glob(let wide), .glob(let narrow)): wide.covers(narrow)
    case (.glob(let wide), .equals(let text)): wide.matches(text)
    case (.glob(let wide), .exists(true)): wide.matchesAll
    case (.exists(true), .glob), (.exists(true), .equals): true
    default: self == other
    }
  }
}
