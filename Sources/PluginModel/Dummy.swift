import JSON

extension Plugin {
  static let dummy = Plugin("dummy", .interface, facts: DummyFacts.facts) { DummyKeys.shape }
}

/// The keys of the reference's `dummy`.
private enum DummyKeys {
  static let shape = Shape.plugin(
    id: "plugin-dummy", name: "dummy", doc: "An interface that leads nowhere. It has no keys of its own, and needs an `ipam`.",
    keys: CommonKeys.with(CommonKeys.interface))
}

/// The facts of `dummy`: it stands on no link, and leads nowhere.
private enum DummyFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts { PluginFacts() }
}
