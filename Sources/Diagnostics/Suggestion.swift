/// Finds the known word that a person probably wanted to write, for "did you mean".
package enum Suggestion {
  /// Words longer than this many bytes are not compared, because nobody types them by hand.
  private static let longest = 64

  /// The candidate closest to `word`, or the first of several that are equally close. Nil if none is close.
  ///
  /// At most a third of the letters may differ: one in words of up to five letters, and only the case in words of one letter.
  package static func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let wanted = folded(word)
    guard wanted.count <= longest else { return nil }
    let most = wanted.count < 2 ? 0 : max(1, wanted.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in candidates where candidate != word {
      let letters = folded(candidate)
      guard letters.count <= longest, abs(letters.count - wanted.count) <= most else { continue }
      let limit = min(most, (best?.distance ?? .max) - 1)
      guard limit >= 0, let distance = distance(wanted, letters, limit: limit) else { continue }
      best = (candidate, distance)
    }
    return best?.word
  }

  /// Whether at most one letter must be inserted, removed, replaced or swapped with its neighbour. Case does not count.
  package static func isOneLetterAway(_ word: String, from other: String) -> Bool {
    guard word.utf8.count <= longest, other.utf8.count <= longest else { return false }
    return distance(folded(word), folded(other), limit: 1) != nil
  }

  private static func folded(_ word: String) -> [UInt8] {
    word.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }
  }

  /// How many letters must be inserted, removed, replaced or swapped with their neighbour (optimal string alignment distance).
  /// Nil if more than `limit`.
  static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
    var previous: [Int] = []
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var next = [i + 1]
      next.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var cost = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, previous[j - 1] + 1) }
        next.append(cost)
      }
      if (next.min() ?? 0) > limit, (row.min() ?? 0) > limit { return nil }
      (previous, row) = (row, next)
    }
    return row[b.count] <= limit ? row[b.count] : nil
  }
}
