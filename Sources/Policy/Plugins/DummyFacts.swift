import JSON

/// The facts of `dummy`: it stands on no link, and leads nowhere.
enum DummyFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts { PluginFacts() }
}
