import CNI
import NetworkTypes
import System

/// `host-local`: addresses of this node's own ranges, remembered on its disk.
package struct HostLocal {
  private let whole: PluginConfiguration

  package init(_ configuration: PluginConfiguration) throws(IPAMError) {
    _ = try HostLocalConfiguration(configuration)
    whole = configuration
  }

  /// One address of every set; all of them or none.
  ///
  /// An attachment that has an address already is refused, unless the call takes over what an ADD left that never ended.
  package func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    let configuration = try HostLocalConfiguration(whole, call.args)
    let dns = try ResolvConf.read(configuration.resolvConf)
    let store = try system { () throws(SystemError) in
      try ReservationStore.make(
        dataDir: configuration.dataDir, network: whole.name, bootID: try BootID.current())
    }
    var allocation = try Allocation(
      Owner(call.containerID, call.ifName), configuration, takesOver: call.options.takesOverReservation, store)
    let ips = try allocation.run(store)
    return CNIResult(ips: ips, routes: configuration.routes, dns: dns)
  }

  /// Gives back whatever the attachment has; nothing is fine.
  package func delete(_ call: DelegateCall) throws(IPAMError) {
    let configuration = try HostLocalConfiguration(whole, call.args)
    guard let store = try open(configuration, whole.name) else { return }
    let owner = Owner(call.containerID, call.ifName)
    try system { () throws(SystemError) in
      for holder in [owner, owner.withoutInterface] {
        let addresses = try store.addresses(of: holder)
        try store.free(addresses, of: holder)
        if addresses.isEmpty { continue }
        // A reservation without interface counts only where there is none with it.
        break
      }
    }
    try? store.finish()
  }

  /// Throws `IPAMError.notReserved` when the attachment has no address at all, and `.lost` when prevResult has one of our ranges that
  /// is not, or no longer, reserved for it.
  package func check(_ call: DelegateCall, previous: CNIResult?) throws(IPAMError) {
    let configuration = try HostLocalConfiguration(whole, call.args)
    let owner = Owner(call.containerID, call.ifName)
    if let store = try open(configuration, whole.name) {
      let found = try system { () throws(SystemError) in
        try store.addresses(of: owner) + store.addresses(of: owner.withoutInterface)
      }
      if !found.isEmpty { return try check(call, configuration, found, previous) }
    }
    throw .notReserved(call.containerID)
  }

  private func check(
    _ call: DelegateCall, _ configuration: HostLocalConfiguration, _ found: [IPAddress], _ previous: CNIResult?
  ) throws(IPAMError) {
    guard let previous else { return }
    for ip in previous.ips where configuration.sets.contains(where: { $0.range(of: ip.address.address) != nil }) {
      guard found.contains(ip.address.address) else { throw .lost(ip.address.address, call.containerID) }
    }
  }

  /// Frees what belongs to no attachment of `valid`.
  package func collectGarbage(valid: [Attachment]) throws(IPAMError) {
    guard let store = try open(try HostLocalConfiguration(whole), whole.name) else { return }
    var kept = Set(valid.map { Owner(containerID: $0.containerID, interface: $0.ifName) })
    kept.formUnion(valid.map { Owner(containerID: $0.containerID, interface: "") })
    let whole = Set(valid.filter(\.ifName.isEmpty).map(\.containerID))
    try system { () throws(SystemError) in
      for owner in try store.owners() where !kept.contains(owner) && !whole.contains(owner.containerID) {
        try store.free(try store.addresses(of: owner), of: owner)
      }
    }
    try? store.finish()
  }

  /// Throws `IPAMError.exhausted` when a set has no address left. Changes nothing.
  package func status() throws(IPAMError) {
    let parsed = try HostLocalConfiguration(whole)
    guard let store = try open(parsed, whole.name) else { return }
    for (i, set) in parsed.sets.enumerated() {
      let vacancy = try system { () throws(SystemError) in try Vacancy.find(set, after: store.lastReserved(set: i), store) }
      if vacancy == nil { throw .exhausted(try system { () throws(SystemError) in try Exhaustion(i, set, store) }) }
    }
  }

  private func open(_ configuration: HostLocalConfiguration, _ network: NetworkName) throws(IPAMError)
    -> ReservationStore?
  {
    try system { () throws(SystemError) in
      try ReservationStore.open(dataDir: configuration.dataDir, network: network, bootID: try BootID.current())
    }
  }
}

func system<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(IPAMError) -> T {
  do { return try body() } catch { throw .system(error) }
}
