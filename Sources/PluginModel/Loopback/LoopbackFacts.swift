import JSON

/// The facts of `loopback`, which uses no link of the node and no IPAM plugin.
enum LoopbackFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    facts.readsIPAM = false
    return facts
  }
}
