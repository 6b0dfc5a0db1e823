/// What a document may cost at most, whatever is in it.
package struct YAMLLimits: Sendable {
  /// Bytes of one file.
  package var bytes: Int
  /// Mappings and sequences inside each other.
  package var depth: Int
  /// What all aliases of a document add: the bytes of the scalars that they repeat, and 16 for each node.
  package var aliasExpansion: Int

  package init(bytes: Int = 16 << 20, depth: Int = 100, aliasExpansion: Int = 4 << 20) {
    (self.bytes, self.depth, self.aliasExpansion) = (bytes, depth, aliasExpansion)
  }
}
