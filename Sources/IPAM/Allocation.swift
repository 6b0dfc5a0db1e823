import CNI
import NetworkTypes
import PluginModel
import System

/// Allocates one address of every set for one attachment, in the sets' order. A failure frees all addresses that it took.
struct Allocation {
  private let owner: Owner
  private let sets: [RangeSet]
  private let takesOver: Bool
  private let wanted: RequestedAssignment
  /// Nil for a plugin that is called directly. It then does as the reference plugin.
  private let bounds: NodeBounds?
  /// The addresses that the attachment had before this ADD and that no set has used yet.
  private var present: [IPAddress]
  private var taken: [IPAddress] = []

  init(
    _ owner: Owner, _ sets: [RangeSet], requested: [IPAddress], takesOver: Bool, bounds: NodeBounds? = nil,
    _ store: borrowing ReservationStore
  ) throws(IPAMError) {
    (self.owner, self.sets, self.takesOver, self.bounds) = (owner, sets, takesOver, bounds)
    wanted = RequestedAssignment(requested, sets)
    present = try system { () throws(SystemError) in
      try store.addresses(of: owner) + store.addresses(of: owner.withoutInterface)
    }
  }

  mutating func run(_ store: borrowing ReservationStore) throws(IPAMError) -> [CNIResult.IP] {
    do throws(IPAMError) {
      var ips: [CNIResult.IP] = []
      for (i, set) in sets.enumerated() {
        let (address, range) = try address(set, i, store)
        ips.append(.init(address: range.cidr(address), gateway: range.gateway))
      }
      guard wanted.unmatched.isEmpty else { throw .unmatched(wanted.unmatched) }
      try system { () throws(SystemError) in
        // These addresses are from an unfinished ADD, and no set contains them any more.
        if takesOver { try store.free(present, of: owner) }
      }
      // An index that lacks the addresses must not count as current. The next call makes it anew.
      if (try? store.record(owner, with: taken)) != nil { try? store.finish() }
      return ips
    } catch {
      try? store.free(taken, of: owner)
      try? store.finish()
      throw error
    }
  }

  private mutating func address(
    _ set: RangeSet, _ i: Int, _ store: borrowing ReservationStore
  ) throws(IPAMError) -> (IPAddress, AddressRange) {
    let requested = wanted.bySet[i]
    if let k = present.firstIndex(where: { set.range(of: $0) != nil }), let range = set.range(of: present[k]) {
      if takesOver, requested == nil || requested == present[k] { return (present.remove(at: k), range) }
      // The reference plugin gives a second address of a set only if it was requested by name; so do we.
      if requested == nil { throw .duplicate(set: i, owner, present[k]) }
    }
    if let requested { return try grant(requested, set, i, store) }
    let last = store.lastReserved(set: i)
    if let found = try system({ () throws(SystemError) in
      try Vacancy.find(set, after: last, except: bounds?.ofNode ?? [], store)
    }) {
      guard try take(found.address, i, store) else { throw try refusal(found.address, set, i, store) }
      return found
    }
    if let found = try system({ () throws(SystemError) in try store.reclaim(set) }), try take(found.address, i, store) {
      return found
    }
    throw .exhausted(try system { () throws(SystemError) in try Exhaustion(i, set, store) })
  }

  private mutating func grant(
    _ address: IPAddress, _ set: RangeSet, _ i: Int, _ store: borrowing ReservationStore
  ) throws(IPAMError) -> (IPAddress, AddressRange) {
    guard let range = set.range(of: address) else { preconditionFailure("it was chosen by its range") }
    guard address != range.gateway else { throw .requested(set: i, address, .gateway) }
    if try take(address, i, store) { return (address, range) }
    guard try takeReclaimed(address, i, store) else { throw try refusal(address, set, i, store) }
    return (address, range)
  }

  /// The error for an address that somebody has.
  private func refusal(
    _ address: IPAddress, _ set: RangeSet, _ i: Int, _ store: borrowing ReservationStore
  ) throws(IPAMError) -> IPAMError {
    let holder = try system { () throws(SystemError) in try store.holder(of: address) }
    return .requested(set: i, address, .taken(ranges: set.description, holder: holder))
  }

  /// Takes an address whose file binds nobody. False if somebody has it.
  private mutating func takeReclaimed(
    _ address: IPAddress, _ i: Int, _ store: borrowing ReservationStore
  ) throws(IPAMError) -> Bool {
    guard try system({ () throws(SystemError) in try store.reclaim(address) }) else { return false }
    return try take(address, i, store)
  }

  private mutating func take(_ address: IPAddress, _ i: Int, _ store: borrowing ReservationStore) throws(IPAMError) -> Bool {
    let owner = owner
    guard try system({ () throws(SystemError) in try store.reserve(address, for: owner) }) else { return false }
    taken.append(address)
    // The next Pod's address, and with it the gateway of a set of several ranges, must not depend on somebody's wish.
    if bounds == nil || wanted.bySet[i] == nil { store.setLastReserved(address, set: i) }
    return true
  }
}

/// The search for a free address.
enum Vacancy {
  /// After this many taken addresses one listing of the directory is cheaper than a look at each further address.
  private static let missesBeforeListing = 64

  /// The first free address after `last`; nil if there is none.
  static func find(
    _ set: RangeSet, after last: IPAddress?, except excluded: Set<IPAddress> = [], _ store: borrowing ReservationStore
  ) throws(SystemError) -> (address: IPAddress, range: AddressRange)? {
    var misses = 0
    var names: Set<String>?
    for candidate in set.candidates(after: last) where !excluded.contains(candidate.address) {
      if let names {
        if !names.contains(candidate.address.description) { return candidate }
        continue
      }
      if try !store.isTaken(candidate.address) { return candidate }
      misses += 1
      if misses == missesBeforeListing { names = try store.names() }
    }
    return nil
  }
}

extension Exhaustion {
  /// Looks at every reservation of the set. That is slow, but it only happens when no address can be given.
  init(_ index: Int, _ set: RangeSet, _ store: borrowing ReservationStore) throws(SystemError) {
    var taken: [(time: FileTime, address: IPAddress)] = []
    for name in try store.names() {
      guard let address = try? IPAddress(name), set.range(of: address) != nil, let time = try store.time(of: address) else {
        continue
      }
      taken.append((time, address))
    }
    self.init(set: index, ranges: set.description, capacity: set.capacity, oldest: nil)
    odd = try store.oddReservations().filter { set.range(of: $0.address) != nil }
    for (time, address) in taken.sorted(by: { $0 < $1 }) {
      guard let owner = try store.owner(of: address) else { continue }
      oldest = Holder(address: address, owner: owner, since: time)
      return
    }
  }
}
