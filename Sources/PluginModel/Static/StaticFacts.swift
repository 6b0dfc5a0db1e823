import JSON
import NetworkTypes

/// The facts of `static`.
enum StaticFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.addresses = .fixed(addresses(configuration), key: .init("addresses"))
    facts.defaultRoutes = .ofRoutes(configuration)
    facts.routes = .ofRoutes(configuration)
    return facts
  }

  private static func addresses(_ configuration: JSONObject) -> [PluginFacts.FixedAddress] {
    (configuration.value(named: "addresses")?.array ?? []).compactMap { item in
      guard let object = item.object, let cidr = object.value(named: "address")?.string.flatMap({ try? CIDR($0) }) else {
        return nil
      }
      return .init(cidr: cidr, gateway: object.address("gateway"))
    }
  }
}
