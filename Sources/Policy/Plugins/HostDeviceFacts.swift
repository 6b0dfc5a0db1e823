import JSON

/// The facts of `host-device`.
enum HostDeviceFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    // The device may bring routes that it has already.
    var facts = PluginFacts(defaultRoutes: .unknown)
    facts.link = PluginFacts.Link(.moved, key: "device", in: configuration)
    facts.reachesNeighbours = true
    return facts
  }
}
