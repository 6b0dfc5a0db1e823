import JSON

extension Plugin {
  static let dummy = Plugin("dummy", .interface, facts: DummyFacts.facts) { DummyKeys.shape }
}

/// The keys of the reference's `dummy`.
private enum DummyKeys {
  static let shape = Shape.plugin(
    id: "plugin-dummy", name: "dummy",
    doc: "An interface that is not connected to anything. It has no keys of its own, and needs an `ipam`.",
    keys: CommonKeys.with(CommonKeys.interface), relations: [.oneOf(["ipam"])])
}

/// The facts of `dummy`, which uses no link of the node and reaches nobody.
private enum DummyFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.hasNodeEnd = false
    return facts
  }
}
