/// Finds out whether several matches together hold for every Pod for which another match holds.
///
/// The number of comparisons is limited, because the search could take very long.
struct Coverage {
  /// How many conditions may still be compared, in all calls together.
  private(set) var left: Int

  init(comparisons: Int) { left = comparisons }

  /// How often the remaining Pods are split further. It is enough for two or three rules that together match everything.
  private static let depth = 2
  /// How many patterns a list may have to be split into its patterns.
  private static let alternatives = 16
  /// How many rules that match a part of the Pods are tried as the first of several.
  private static let candidates = 16

  /// The places of the matches that together hold for every Pod for which `match` holds. All of them are needed for that.
  ///
  /// Nil if the others do not hold for all these Pods, or if that cannot be found out within the limits.
  mutating func cover(of match: Match, by others: [(place: Int, match: Match)]) -> [Int]? {
    guard let places = cover(of: match, by: others, depth: Self.depth) else { return nil }
    var needed = others.filter { places.contains($0.place) }
    for place in needed.map(\.place) {
      let fewer = needed.filter { $0.place != place }
      if cover(of: match, by: fewer, depth: Self.depth) != nil { needed = fewer }
    }
    return needed.map(\.place)
  }

  private mutating func cover(of match: Match, by others: [(place: Int, match: Match)], depth: Int) -> [Int]? {
    if match.isImpossible { return [] }
    var partial: [(place: Int, open: Condition)] = []
    for other in others {
      left -= 1 + other.match.conditions.count * match.conditions.count
      guard left > 0 else { return nil }
      let open = other.match.conditions.filter { wanted in !match.conditions.contains { wanted.follows(from: $0) } }
      if open.isEmpty { return [other.place] }
      if open.count == 1, partial.count < Self.candidates { partial.append((other.place, open[0])) }
    }
    guard depth > 0 else { return nil }
    if let parts = match.alternatives(limit: Self.alternatives), let places = cover(ofAll: parts, by: others, depth: depth - 1) {
      return places
    }
    for part in partial {
      let rest = Match(conditions: match.conditions + part.open.opposite)
      if let places = cover(of: rest, by: others, depth: depth - 1) { return [part.place] + places }
    }
    return nil
  }

  private mutating func cover(ofAll parts: [Match], by others: [(place: Int, match: Match)], depth: Int) -> [Int]? {
    var places: [Int] = []
    for part in parts {
      guard let some = cover(of: part, by: others, depth: depth) else { return nil }
      places += some
    }
    return places
  }
}

extension Match {
  /// Whether the match certainly holds for no Pod because its conditions contradict each other.
  var isImpossible: Bool {
    conditions.enumerated().contains { (i, condition) in
      if case .not(let match) = condition { return match.covers(self) }
      return conditions[(i + 1)...].contains { condition.excludes($0) }
    }
  }

  /// The match split into one for each pattern of the first list with several patterns. Nil without such a list.
  fileprivate func alternatives(limit: Int) -> [Match]? {
    for (i, condition) in conditions.enumerated() {
      let parts: [Condition]
      switch condition {
      case .namespaces(let globs): parts = globs.map { .namespaces([$0]) }
      case .pods(let globs): parts = globs.map { .pods([$0]) }
      case .value, .not: continue
      }
      guard (2...limit).contains(parts.count) else { continue }
      return parts.map { part in
        var changed = conditions
        changed[i] = part
        return Match(conditions: changed)
      }
    }
    return nil
  }
}

extension Condition {
  /// Conditions that hold for exactly the Pods for which this condition does not.
  fileprivate var opposite: [Condition] {
    switch self {
    case .not(let match): match.conditions
    case .value(let source, let name, .exists(let wanted)): [.value(source, name: name, .exists(!wanted))]
    default: [.not(Match(conditions: [self]))]
    }
  }

  /// Whether certainly no Pod meets both conditions. False if that is hard to find out.
  fileprivate func excludes(_ other: Condition) -> Bool {
    switch (self, other) {
    case (.namespaces(let a), .namespaces(let b)), (.pods(let a), .pods(let b)):
      guard a.count * b.count <= 256 else { return false }
      return a.allSatisfy { one in b.allSatisfy { $0.excludes(one) } }
    case (.value(let source, let name, let a), .value(let otherSource, let otherName, let b)):
      return source == otherSource && name == otherName && a.excludes(b)
    default: return false
    }
  }
}

extension ValueTest {
  fileprivate func excludes(_ other: ValueTest) -> Bool {
    switch (self, other) {
    case (.exists(let a), .exists(let b)): a != b
    case (.exists(let wanted), _), (_, .exists(let wanted)): !wanted
    case (.equals(let a), .equals(let b)): a != b
    case (.equals(let text), .glob(let glob)), (.glob(let glob), .equals(let text)): !glob.matches(text)
    case (.glob(let a), .glob(let b)): a.excludes(b)
    }
  }
}

extension Glob {
  /// Whether certainly no text matches both patterns. It can only tell if one of them is a literal text.
  fileprivate func excludes(_ other: Glob) -> Bool {
    if let literal { return !other.matches(literal) }
    return other.literal.map { !matches($0) } ?? false
  }
}
