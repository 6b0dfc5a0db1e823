import CNI
import JSON
import NetworkTypes

/// The facts of `static`.
enum StaticFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts()
    facts.addresses = .fixed(addresses(configuration), key: .init("addresses"))
    facts.defaultRoutes = .ofRoutes(configuration)
    facts.routes = .ofRoutes(configuration)
    facts.onLinkRoutes = PluginFacts.onLinkRoutes(configuration)
    return facts
  }

  private static func addresses(_ configuration: JSONObject) -> [PluginFacts.FixedAddress] {
    let path = ConfigurationError.KeyPath("addresses")
    return (configuration.value(named: "addresses")?.array ?? []).enumerated().compactMap { (i, item) in
      guard let object = item.object, let cidr = object.value(named: "address")?.string.flatMap({ try? CIDR($0) }) else {
        return nil
      }
      return .init(
        cidr: cidr, gateway: object.address("gateway"), addressKey: path.appending(i).appending("address"),
        gatewayKey: path.appending(i).appending("gateway"))
    }
  }
}
