import NetworkTypes

extension CNIResult {
  /// The result of a plugin, completed with the parts of the result before it that the plugin could not pass on.
  ///
  /// The form of 0.1.0 and 0.2.0 has no interfaces and one address per family. Before 1.1.0 no form has all members of an interface
  /// and of a route. A plugin with an old library drops such members whatever the version.
  package func restoring(_ previous: CNIResult, lostIn version: SpecVersion) -> CNIResult {
    var whole = self
    whole.routes = restoredRoutes(previous, version)
    if version.hasInterfaces {
      for i in interfaces.indices { whole.interfaces[i].complete(with: previous.interfaces) }
    } else {
      whole.interfaces = previous.interfaces
      whole.ips = restoredIPs(previous)
    }
    return whole
  }

  /// The addresses of a form with one address per family, together with the further ones of the same family.
  private func restoredIPs(_ previous: CNIResult) -> [IP] {
    var restored: [IP] = []
    for family in AddressFamily.allCases {
      guard var first = ips.first(where: { $0.address.family == family }) else { continue }
      let before = previous.ips.filter { $0.address.family == family }
      first.interface = before.first?.interface
      restored += [first] + before.dropFirst()
    }
    return restored
  }

  private func restoredRoutes(_ previous: CNIResult, _ version: SpecVersion) -> [Route] {
    var left = previous.routes
    var restored: [Route] = []
    for route in routes {
      let known = left.firstIndex { $0.dst.network == route.dst.network && $0.gw == route.gw }
      let before = known.map { left.remove(at: $0) }
      restored.append(route.hasDetails ? route : before ?? route)
    }
    guard !version.hasInterfaces else { return restored }
    // These forms list a route under the address of its family. Without such an address it cannot be said.
    return restored + left.filter { route in !previous.ips.contains { $0.address.family == route.dst.family } }
  }
}

extension CNIResult.Interface {
  fileprivate mutating func complete(with previous: [CNIResult.Interface]) {
    guard let known = previous.first(where: { $0.name == name && $0.sandbox == sandbox }) else { return }
    mtu = mtu ?? known.mtu
    numbers = numbers ?? known.numbers
    if socketPath.isEmpty { socketPath = known.socketPath }
    if pciID.isEmpty { pciID = known.pciID }
  }
}

extension CNIResult.Route {
  fileprivate var hasDetails: Bool { [mtu, advmss, priority, table, scope].contains { $0 != nil } }
}
