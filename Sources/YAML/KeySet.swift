import Diagnostics

/// Finds duplicate keys of a mapping. It compares a few keys one by one, which is faster than hashing, and hashes many.
struct KeySet {
  private var indices: [String: Int] = [:]
  private(set) var isNew = true
  private static let few = 12

  /// Adds a key. Returns the range of the same key among `pairs`, or nil if the key is new.
  mutating func insert(_ key: String, at index: Int, of pairs: [YAMLPair]) -> SourceRange? {
    let known: Int?
    if pairs.count < Self.few {
      known = pairs.firstIndex { $0.key == key }
    } else {
      if indices.isEmpty { for (i, pair) in pairs.enumerated() { indices[pair.key] = i } }
      known = indices[key]
      if known == nil { indices[key] = index }
    }
    isNew = known == nil
    return known.map { pairs[$0].keyRange }
  }
}
