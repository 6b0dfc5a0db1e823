/// Limits on the size of a document. Without them a small text could use up memory or the stack.
package struct YAMLLimits: Sendable {
  /// How many bytes a file may have.
  package var bytes: Int
  /// How many mappings and sequences may stand inside each other.
  package var depth: Int
  /// How many bytes all aliases of a document may add: those of the scalars that they repeat, and 16 for each node.
  package var aliasExpansion: Int

  package init(bytes: Int = 16 << 20, depth: Int = 100, aliasExpansion: Int = 4 << 20) {
    (self.bytes, self.depth, self.aliasExpansion) = (bytes, depth, aliasExpansion)
  }
}
