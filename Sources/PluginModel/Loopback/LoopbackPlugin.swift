import CNI

extension Plugin {
  static let loopback = Plugin(
    .loopback, .interface,
    facts: LoopbackFacts.facts, validate: LoopbackKeys.validate, review: LoopbackKeys.review, table: { LoopbackKeys.shape })
}

/// The keys of `loopback`, which has only the common ones.
private enum LoopbackKeys {
  static let shape = Shape.plugin(
    id: "plugin-loopback", name: "loopback", doc: "Brings up `lo` in the Pod.", keys: CommonKeys.with([]))

  /// `prevResult` is all that the plugin reads.
  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    do { _ = try configuration.previous.result() } catch { throw .result(error) }
  }

  static func review(
    _ configuration: PluginConfiguration, _ call: PlannedCall
  ) throws(PluginConfigurationError) -> [ForeseenResult]? {
    try validate(configuration)
    return nil
  }
}
