import NetworkTypes

extension CNIResult.Route {
  /// What the kernel chooses a route by. Of two routes with the same key it uses one, or both by turns.
  package struct Key: Hashable, Sendable {
    package let destination: CIDR
    package let table: Int
    package let priority: Int

    /// Nil or 0 as the priority stands for the kernel's default, and as the table for the main one.
    package init(_ destination: CIDR, table: Int? = nil, priority: Int? = nil) {
      self.destination = destination.network
      self.table = table.map { $0 == 0 ? Self.main : $0 } ?? Self.main
      let least = destination.family == .ipv4 ? 0 : 1024
      self.priority = priority.map { $0 == 0 ? least : $0 } ?? least
    }

    private static let main = 254
  }

  package var key: Key { Key(dst, table: table, priority: priority) }
}
