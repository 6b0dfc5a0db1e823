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
    guard let status = try status(of: address) else { return false }
    return try owner(of: address) == nil || status.modified < FileTime.boot()
  }

  /// Frees the address if its file binds nobody. False if somebody has it.
  func reclaim(_ address: IPAddress) throws(SystemError) -> Bool {
    guard try bindsNobody(address) else { return false }
    if let owner = try owner(of: address) { try free([address], of: owner) } else { try remove(address) }
    return true
  }

  /// An address of the set whose file binds nobody; nil if there is none. It is the set's last one, because the search for a free address
  /// starts at the front.
  func reclaimable(_ set: RangeSet) throws(SystemError) -> (address: IPAddress, range: AddressRange)? {
    let present = try names().compactMap { name in try? IPAddress(name) }.sorted(by: >)
    for address in present {
      guard let range = set.range(of: address), address != range.gateway, try bindsNobody(address) else { continue }
      return (address, range)
    }
    return nil
  }

  /// Who has an address, and since when. Nil if nobody has it.
  func holder(of address: IPAddress) throws(SystemError) -> Holder? {
    guard let owner = try owner(of: address), let time = try time(of: address) else { return nil }
    return Holder(address: address, owner: owner, since: time)
  }
}
