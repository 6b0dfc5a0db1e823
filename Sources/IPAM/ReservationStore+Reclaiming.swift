import NetworkTypes
import PluginModel
import System

/// Reservations that bind nobody, although their files are there.
///
/// Such a file is from before this boot (no network namespace outlives a boot), or it has no owner, because its maker was killed or a
/// power cut emptied it. Braid's index knows the reservations of earlier boots and frees them at once. Files that lay there before Braid
/// came are known only by their times, and a clock that was set can make them look older than they are. So they are freed only where
/// an address is needed: if they are asked for by name, or if the pool has no other address left.
extension ReservationStore {
  /// Whether the address is taken by a file that binds nobody.
  func bindsNobody(_ address: IPAddress) throws(SystemError) -> Bool {
    guard let status = try status(of: address), status.kind == .regular else { return false }
    switch try reservation(of: address) {
    case .ownerless: return true
    case .held: return status.modified < FileTime.boot()
    case .odd, nil: return false
    }
  }

  /// Frees the address if its file binds nobody. False if somebody has it, or nobody can remove the file.
  func reclaim(_ address: IPAddress) throws(SystemError) -> Bool {
    guard try bindsNobody(address) else { return false }
    guard let owner = try owner(of: address) else { return try remove(address) }
    try free([address], of: owner)
    return try !isTaken(address)
  }

  /// Frees an address of the set whose file binds nobody; nil if there is none.
  func reclaim(_ set: RangeSet) throws(SystemError) -> (address: IPAddress, range: AddressRange)? {
    for (address, range) in try places(in: set) where try reclaim(address) { return (address, range) }
    return nil
  }

  /// Whether an address of the set could be reclaimed. Changes nothing.
  func hasReclaimable(_ set: RangeSet) throws(SystemError) -> Bool {
    for (address, _) in try places(in: set) where try bindsNobody(address) && !isImmutable(address) { return true }
    return false
  }

  /// The addresses of the set that have a file. The last one comes first, because the search for a free address starts at the front.
  private func places(in set: RangeSet) throws(SystemError) -> [(address: IPAddress, range: AddressRange)] {
    let present = try names().compactMap { name in try? IPAddress(name) }.sorted(by: >)
    return present.compactMap { address in
      guard let range = set.range(of: address), address != range.gateway else { return nil }
      return (address, range)
    }
  }

  /// Who has an address, and since when. Nil if nobody has it.
  func holder(of address: IPAddress) throws(SystemError) -> Holder? {
    guard let owner = try owner(of: address), let time = try time(of: address) else { return nil }
    return Holder(address: address, owner: owner, since: time)
  }
}
