import JSON

/// The facts of `tap`.
enum TapFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.link = PluginFacts.Link(.bridge, key: "bridge", in: configuration)
    facts.link?.isInContainer = true
    facts.mtu = configuration.mtu
    return facts
  }
}
