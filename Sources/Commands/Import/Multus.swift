import YAML

/// Multus, the meta plugin: `import` reads its configuration, and no chain may hold it.
enum Multus {
  /// The types of its plugins.
  static let types: Set = ["multus", "multus-shim"]

  /// Keys of which each gives away a configuration of its daemon, which has no type.
  private static let daemonKeys = ["multusConfigFile", "multusAutoconfigDir", "clusterNetwork", "daemonSocketDir"]

  /// Whether an object is a configuration of Multus itself, a list with it, or a configuration of its daemon.
  static func isConfiguration(_ root: YAMLNode) -> Bool {
    if isPlugin(root) || plugins(root).contains(where: isPlugin) { return true }
    return root["type"] == nil && root["plugins"] == nil && daemonKeys.contains { root[$0] != nil }
  }

  /// The object that has Multus's keys: in a list Multus is one plugin of it.
  static func own(_ root: YAMLNode) -> YAMLNode { plugins(root).first(where: isPlugin) ?? root }

  private static func plugins(_ root: YAMLNode) -> [YAMLNode] { root["plugins"]?.value.sequence ?? [] }

  private static func isPlugin(_ node: YAMLNode) -> Bool { node["type"]?.value.string.map(types.contains) ?? false }
}
