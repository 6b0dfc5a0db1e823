import CNI
import NetworkTypes
import System

/// `host-local`: addresses of this node's own ranges, remembered on its disk.
package enum HostLocal {
  package static func validate(_ configuration: PluginConfiguration) throws(IPAMError) {
    _ = try HostLocalConfiguration(configuration)
  }

  /// One address of every set; all of them or none.
  package static func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    let configuration = try HostLocalConfiguration(call.configuration)
    let requested = try configuration.requested + requestedByArguments(call)
    let dns = try ResolvConf.read(configuration.resolvConf)
    let store = try open(configuration, call.configuration.name)
    let present = try system { () throws(SystemError) in try store.addresses(of: call.containerID, call.ifName) }
    if let first = present.first {
      guard call.options.takesOverReservation else { throw .duplicate(call.containerID, first) }
      if let ips = configuration.ips(present) { return CNIResult(ips: ips, routes: configuration.routes, dns: dns) }
      try system { () throws(SystemError) in try store.release(call.containerID, call.ifName) }
    }
    let chosen = try choose(configuration, requested, store)
    try reserve(chosen, call, store)
    let ips = chosen.map { CNIResult.IP(address: $0.address, gateway: $0.gateway) }
    return CNIResult(ips: ips, routes: configuration.routes, dns: dns)
  }

  /// Gives back whatever the attachment has; nothing is fine.
  package static func delete(_ call: DelegateCall) throws(IPAMError) {
    let configuration = try HostLocalConfiguration(call.configuration)
    let store = try open(configuration, call.configuration.name)
    try system { () throws(SystemError) in
      try store.release(call.containerID, call.ifName)
      try store.seal()
    }
  }

  package static func check(_ call: DelegateCall) throws(IPAMError) {
    let configuration = try HostLocalConfiguration(call.configuration)
    let store = try open(configuration, call.configuration.name)
    guard try !system({ () throws(SystemError) in try store.addresses(of: call.containerID, call.ifName) }).isEmpty else {
      throw .notReserved(call.containerID)
    }
  }

  package static func collectGarbage(_ configuration: PluginConfiguration, valid: [Attachment]) throws(IPAMError) {
    let store = try open(try HostLocalConfiguration(configuration), configuration.name)
    try system { () throws(SystemError) in
      try store.release(allExcept: valid)
      try store.seal()
    }
  }

  /// Throws when a set has no address left.
  package static func status(_ configuration: PluginConfiguration) throws(IPAMError) {
    let parsed = try HostLocalConfiguration(configuration)
    let store = try open(parsed, configuration.name)
    for (i, set) in parsed.sets.enumerated() { _ = try next(set, i, store) }
  }

  // MARK: -

  private static func open(_ configuration: HostLocalConfiguration, _ network: NetworkName) throws(IPAMError) -> ReservationStore
  {
    do { return try ReservationStore.open(dataDir: configuration.dataDir, network: network) } catch { throw .system(error) }
  }

  private static func requestedByArguments(_ call: DelegateCall) throws(IPAMError) -> [IPAddress] {
    do throws(ProtocolError) {
      try call.args.refuseUnknown(except: ["IP"])
      guard let text = call.args["IP"], !text.isEmpty else { return [] }
      do throws(ConfigurationError) {
        return [try ConfigurationReader([:]).address(text, at: .init("IP"))]
      } catch { throw .argument("IP", value: text, reason: error.reason) }
    } catch { throw .protocol(error) }
  }

  /// An address for every set; nothing is reserved yet.
  private static func choose(
    _ configuration: HostLocalConfiguration, _ requested: [IPAddress], _ store: borrowing ReservationStore
  ) throws(IPAMError) -> [Choice] {
    var wanted = requested
    var chosen: [Choice] = []
    for (i, set) in configuration.sets.enumerated() {
      if let k = wanted.firstIndex(where: { set.range(of: $0) != nil }) {
        chosen.append(try grant(wanted.remove(at: k), set, i, store))
      } else {
        chosen.append(try next(set, i, store))
      }
    }
    guard wanted.isEmpty else { throw .unmatched(wanted) }
    return chosen
  }

  private static func grant(
    _ address: IPAddress, _ set: RangeSet, _ i: Int, _ store: borrowing ReservationStore
  ) throws(IPAMError) -> Choice {
    guard let range = set.range(of: address) else { throw .requested(set: i, address, .outside(ranges: set.description)) }
    guard address != range.gateway else { throw .requested(set: i, address, .gateway) }
    guard try !system({ () throws(SystemError) in try store.isTaken(address) }) else {
      throw .requested(set: i, address, .taken(ranges: set.description))
    }
    return Choice(set: i, address, range)
  }

  private static func next(_ set: RangeSet, _ i: Int, _ store: borrowing ReservationStore) throws(IPAMError) -> Choice {
    let last = try system { () throws(SystemError) in try store.lastReserved(set: i) }
    for (address, range) in set.candidates(after: last) {
      if try !system({ () throws(SystemError) in try store.isTaken(address) }) { return Choice(set: i, address, range) }
    }
    throw .exhausted(set: i, ranges: set.description)
  }

  private static func reserve(
    _ chosen: [Choice], _ call: DelegateCall, _ store: borrowing ReservationStore
  ) throws(IPAMError) {
    do throws(SystemError) {
      try store.reserve(chosen.map(\.address.address), for: call.containerID, call.ifName)
      for choice in chosen { try store.setLastReserved(choice.address.address, set: choice.set) }
      try store.seal()
    } catch {
      try? store.release(call.containerID, call.ifName)
      throw .system(error)
    }
  }

  /// An address that a set can give.
  private struct Choice {
    let set: Int
    let address: CIDR
    let gateway: IPAddress

    init(set: Int, _ address: IPAddress, _ range: AddressRange) {
      self.set = set
      gateway = range.gateway
      self.address = range.cidr(address)
    }
  }
}

extension AddressRange {
  /// An address of the range with its subnet's prefix length.
  func cidr(_ address: IPAddress) -> CIDR {
    guard let cidr = try? CIDR(address, prefixLength: subnet.prefixLength) else {
      preconditionFailure("the families are the same")
    }
    return cidr
  }
}

extension HostLocalConfiguration {
  /// The addresses as ADD answers them, one of each set; nil when they are not that.
  fileprivate func ips(_ addresses: [IPAddress]) -> [CNIResult.IP]? {
    guard addresses.count == sets.count else { return nil }
    var ips: [CNIResult.IP] = []
    for set in sets {
      guard let address = addresses.first(where: { set.range(of: $0) != nil }), let range = set.range(of: address) else {
        return nil
      }
      ips.append(.init(address: range.cidr(address), gateway: range.gateway))
    }
    return ips
  }
}

func system<T>(_ body: () throws(SystemError) -> T) throws(IPAMError) -> T {
  do { return try body() } catch { throw .system(error) }
}
