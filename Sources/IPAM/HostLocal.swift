import CNI
import NetworkTypes
import PluginModel
import System

/// `host-local`: addresses of this node's own ranges, with the reservations on its disk.
package struct HostLocal: Sendable {
  private let configuration: HostLocalConfiguration

  /// Decodes the configuration once, for all operations.
  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    self.configuration = try HostLocalConfiguration(configuration)
  }

  /// Gives one address of every set, or none at all.
  ///
  /// An attachment that has an address already is refused, unless the call takes over the reservation of an unfinished ADD.
  package func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    let requested = try requested(call.args)
    let dns = try ResolvConf.read(configuration.resolvConf)
    let store = try system { () throws(SystemError) in
      try ReservationStore.make(
        dataDir: configuration.dataDir, network: configuration.network, bootID: try BootID.current(),
        freesEarlierBoot: !call.options.distrustsBootID)
    }
    var allocation = try Allocation(
      Owner(call.containerID, call.ifName), configuration.sets, requested: requested,
      takesOver: call.options.takesOverReservation, bounds: call.options.nodeBounds, store)
    let ips = try allocation.run(store)
    return CNIResult(ips: ips, routes: configuration.routes, dns: dns)
  }

  /// Frees all addresses of the attachment. It is no error if there are none.
  package func delete(_ call: DelegateCall) throws(IPAMError) {
    if !call.options.hasReviewedArguments { _ = try requested(call.args) }
    guard let store = try open() else { return }
    let owner = Owner(call.containerID, call.ifName)
    try system { () throws(SystemError) in
      if try !free(owner, store), try store.lookAgain() { _ = try free(owner, store) }
    }
    try? store.finish()
  }

  /// False if the attachment has no address.
  private func free(_ owner: Owner, _ store: borrowing ReservationStore) throws(SystemError) -> Bool {
    // A reservation without an interface name is used only if the attachment has none with it.
    for holder in [owner, owner.withoutInterface] {
      let addresses = try store.addresses(of: holder)
      try store.free(addresses, of: holder)
      if !addresses.isEmpty { return true }
    }
    return false
  }

  /// Frees all addresses of a container, whatever interfaces they were for, except those of `kept` interfaces.
  ///
  /// For a container whose record is lost: nobody knows its interfaces.
  package func release(_ containerID: ContainerID, keeping kept: Set<String>) throws(IPAMError) {
    guard let store = try open() else { return }
    try system { () throws(SystemError) in
      _ = try store.lookAgain()
      for owner in try store.owners() where owner.containerID == containerID.text {
        // A reservation without an interface name may be that of any interface.
        guard kept.isEmpty || !owner.interface.isEmpty && !kept.contains(owner.interface) else { continue }
        try store.free(try store.addresses(of: owner), of: owner)
      }
    }
    try? store.finish()
  }

  /// Throws `IPAMError.notReserved` if the attachment has no address at all. Throws `.lost` if the previous result has an address
  /// of our ranges that is not reserved for the attachment.
  package func check(_ call: DelegateCall, previous: CNIResult?) throws(IPAMError) {
    _ = try requested(call.args)
    let owner = Owner(call.containerID, call.ifName)
    if let store = try open() {
      let found = try system { () throws(SystemError) in
        let found = try store.addresses(of: owner) + store.addresses(of: owner.withoutInterface)
        guard found.isEmpty, try store.lookAgain() else { return found }
        return try store.addresses(of: owner) + store.addresses(of: owner.withoutInterface)
      }
      if !found.isEmpty { return try check(previous, found, call.containerID) }
    }
    throw .notReserved(call.containerID)
  }

  private func check(_ previous: CNIResult?, _ found: [IPAddress], _ id: ContainerID) throws(IPAMError) {
    for ip in previous?.ips ?? [] where configuration.sets.contains(where: { $0.range(of: ip.address.address) != nil }) {
      guard found.contains(ip.address.address) else { throw .lost(ip.address.address, id) }
    }
  }

  /// Frees the addresses of all attachments that are not in `valid`.
  package func collectGarbage(valid: [Attachment]) throws(IPAMError) {
    guard let store = try open() else { return }
    var kept = Set(valid.map { Owner(containerID: $0.containerID, interface: $0.ifName) })
    kept.formUnion(valid.map { Owner(containerID: $0.containerID, interface: "") })
    let whole = Set(valid.filter(\.ifName.isEmpty).map(\.containerID))
    try system { () throws(SystemError) in
      _ = try store.lookAgain()
      for owner in try store.owners() where !kept.contains(owner) && !whole.contains(owner.containerID) {
        try store.free(try store.addresses(of: owner), of: owner)
      }
    }
    try? store.finish()
  }

  /// Throws `IPAMError.exhausted` if a set has no address left. Changes nothing.
  package func status() throws(IPAMError) {
    guard let store = try open() else { return }
    for (i, set) in configuration.sets.enumerated() {
      let hasRoom = try system { () throws(SystemError) -> Bool in
        if try Vacancy.find(set, after: store.lastReserved(set: i), store) != nil { return true }
        return try store.hasReclaimable(set)
      }
      if !hasRoom { throw .exhausted(try system { () throws(SystemError) in try Exhaustion(i, set, store) }) }
    }
  }

  /// Where the network's reservations are.
  package var directory: String { "\(configuration.dataDir)/\(configuration.network)" }

  /// The files with an address's name that are no reservations, or that cannot be removed. Changes nothing.
  package func oddReservations() throws(IPAMError) -> [OddReservation] {
    guard let store = try open() else { return [] }
    return try system { () throws(SystemError) in try store.oddReservations() }
  }

  private func open() throws(IPAMError) -> ReservationStore? {
    try system { () throws(SystemError) in
      try ReservationStore.open(
        dataDir: configuration.dataDir, network: configuration.network, bootID: try BootID.current())
    }
  }

  /// The results that an ADD may have, as far as the configuration and CNI_ARGS tell. Nil if there are too many.
  package func foreseen(_ args: CNIArguments) throws(PluginConfigurationError) -> [ForeseenResult]? {
    try configuration.foreseen(args)
  }

  private func requested(_ args: CNIArguments) throws(IPAMError) -> [IPAddress] {
    do { return try configuration.requested(args) } catch { throw .protocol(error) }
  }
}

/// Runs `body` and converts its error into `IPAMError.system`.
func system<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(IPAMError) -> T {
  do { return try body() } catch { throw .system(error) }
}
