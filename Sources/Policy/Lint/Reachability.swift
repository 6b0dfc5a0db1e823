import Diagnostics

extension PolicyLint {
  /// How many conditions are compared at most. A policy of thousands of rules must be checked within seconds.
  private static let comparisons = 2_000_000

  /// The limit for finding several rules that together match all Pods of another, which costs more per comparison.
  private static let combinations = 500_000

  /// Finds rules that never match: earlier rules match all of their Pods, or their conditions contradict each other.
  mutating func checkReachability() {
    var left = Self.comparisons
    var coverage = Coverage(comparisons: Self.combinations)
    var earlier: [(place: Int, match: Match)] = []
    for (i, rule) in draft.rules.enumerated() {
      left -= earlier.reduce(0) { $0 + 1 + $1.match.conditions.count * rule.match.conditions.count }
      guard left > 0 else { return }
      if rule.contradictsItself {
        reportContradiction(rule)
      } else if let other = earlier.first(where: { $0.match.covers(rule.match) }) {
        reportUnreachable(rule, [other.place])
      } else if let places = coverage.cover(of: rule.match, by: earlier), !places.isEmpty {
        reportUnreachable(rule, places)
      }
      if rule.isSound { earlier.append((i, rule.match)) }
    }
  }

  private mutating func reportUnreachable(_ rule: PolicyDraft.Rule, _ places: [Int]) {
    let others = places.map { draft.rules[$0] }
    let labels = others.map { other in
      if other.match.isCatchAll { return "this rule already matches every Pod" }
      return others.count == 1 ? "this rule already matches all of its Pods" : "this rule already matches some of its Pods"
    }
    report(
      .unreachableRule, "\(rule.title) never matches", rule.span, zip(others, labels).map { .init($0.span, $1) },
      help: rule.match.isCatchAll && !others[0].match.isCatchAll
        ? "remove it, or let the rules before it match fewer Pods" : "move it before \(others[0].title)")
  }

  private mutating func reportContradiction(_ rule: PolicyDraft.Rule) {
    let not = rule.node["match"]?.value["not"]?.keyRange
    report(
      .unreachableRule, "\(rule.title) never matches", rule.span,
      not.map { [.init(Span(rule.file, $0), "this excludes every Pod that the other conditions allow")] } ?? [],
      help: "correct its conditions: no Pod can meet all of them")
  }
}

extension PolicyDraft.Rule {
  /// Whether the conditions contradict each other. False if a part of the match was wrong and left out.
  fileprivate var contradictsItself: Bool { isSound && !match.conditions.isEmpty && match.isImpossible }

  /// Whether the whole match was readable.
  fileprivate var isSound: Bool {
    guard let given = node["match"]?.value else { return true }
    return (given.mapping?.isEmpty ?? false) || !match.conditions.isEmpty
  }
}

extension Match {
  /// Whether this match holds for every Pod for which the other one holds. False if that is hard to find out.
  func covers(_ other: Match) -> Bool {
    conditions.allSatisfy { wanted in other.conditions.contains { wanted.follows(from: $0) } }
  }
}

extension Condition {
  /// Whether this condition holds for every Pod for which the other one holds. False if that is hard to find out.
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
