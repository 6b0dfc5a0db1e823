import CNI
import JSON
import NetworkTypes

/// The facts of `host-local`.
enum HostLocalFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.addresses = .pools(sets(configuration))
    facts.defaultRoutes = .ofRoutes(configuration)
    facts.routes = .ofRoutes(configuration)
    facts.onLinkRoutes = PluginFacts.onLinkRoutes(configuration)
    facts.stateDirectoryKey = "dataDir"
    facts.reservesUnderNetworkName = true
    return facts
  }

  /// The range of the old form, whose keys stand in the object itself, comes before those of `ranges`.
  private static func sets(_ configuration: JSONObject) -> [[DeclaredRange]] {
    var sets: [[DeclaredRange]] = []
    if let single = DeclaredRange(configuration, at: .init()) { sets.append([single]) }
    let path = ConfigurationError.KeyPath("ranges")
    for (i, set) in (configuration.value(named: "ranges")?.array ?? []).enumerated() {
      let ranges = (set.array ?? []).enumerated().compactMap { (j, range) in
        range.object.flatMap { DeclaredRange($0, at: path.appending(i).appending(j)) }
      }
      if !ranges.isEmpty { sets.append(ranges) }
    }
    return sets
  }
}
