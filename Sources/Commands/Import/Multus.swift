import YAML

/// Multus, another meta plugin. `import` reads its configuration. No chain may contain it.
enum Multus {
  /// The types of its plugins.
  static let types: Set = ["multus", "multus-shim"]

  /// Keys that only the configuration of Multus's daemon has. It has no type by which it could be recognised.
  private static let daemonKeys = ["multusConfigFile", "multusAutoconfigDir", "clusterNetwork", "daemonSocketDir"]

  /// Whether an object is a configuration of Multus, a list that contains it, or a configuration of its daemon.
  static func isConfiguration(_ root: YAMLNode) -> Bool {
    if isPlugin(root) || plugins(root).contains(where: isPlugin) { return true }
    return root["type"] == nil && root["plugins"] == nil && daemonKeys.contains { root[$0] != nil }
  }

  /// The object with Multus's keys. In a configuration list, this is one entry of `plugins`.
  static func own(_ root: YAMLNode) -> YAMLNode { plugins(root).first(where: isPlugin) ?? root }

  private static func plugins(_ root: YAMLNode) -> [YAMLNode] { root["plugins"]?.value.sequence ?? [] }

  private static func isPlugin(_ node: YAMLNode) -> Bool { node["type"]?.value.string.map(types.contains) ?? false }
}
