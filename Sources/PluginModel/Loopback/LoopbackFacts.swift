import JSON

/// The facts of `loopback`: it stands on no link, and takes no addresses from an IPAM.
enum LoopbackFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.readsIPAM = false
    return facts
  }
}
