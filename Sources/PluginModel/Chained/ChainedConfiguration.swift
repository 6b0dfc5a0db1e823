import CNI

/// The configuration of a plugin that works on the interface of the plugins before it in the chain.
package protocol ChainedConfiguration: KeyedConfiguration {
  /// Throws if an ADD of the attachment would certainly fail, whatever the state of the node is.
  func review(_ call: PlannedCall) throws(PluginConfigurationError)
}

extension ChainedConfiguration {
  package func review(_ call: PlannedCall) throws(PluginConfigurationError) {}

  static func validate(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    do { _ = try Self(configuration) } catch { throw .configuration(error) }
  }

  static func review(
    _ configuration: PluginConfiguration, _ call: PlannedCall
  ) throws(PluginConfigurationError) -> [ForeseenResult]? {
    let parsed: Self
    do { parsed = try Self(configuration) } catch { throw .configuration(error) }
    try parsed.review(call)
    return nil
  }
}
