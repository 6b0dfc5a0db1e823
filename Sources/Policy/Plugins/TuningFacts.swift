import JSON

/// The facts of `tuning`: it keeps the settings from before, so DEL can restore them.
enum TuningFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.mtu = configuration.mtu
    facts.stateDirectoryKey = "dataDir"
    return facts
  }
}
