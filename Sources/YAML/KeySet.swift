import Diagnostics

/// The keys of one mapping so far: compared one by one while they are few, hashed when they are many.
struct KeySet {
  private var indices: [String: Int] = [:]
  private(set) var isNew = true
  private static let few = 12

  /// The range of the same key among `pairs`, if it is there.
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
