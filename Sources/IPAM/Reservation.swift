import NetworkTypes
import System

/// The file in an address's place among the reservations of a network. Whatever it is, the address is taken.
enum Reservation: Equatable {
  case held(Owner)
  /// Its maker was killed, or a power cut emptied it.
  case ownerless
  /// The file is no reservation. It stays, because nobody knows whose it is.
  case odd(OddReservation.Reason)

  /// Reads the file of that name; nil if there is none. Opens only what can be opened without waiting, and follows no link.
  init?(_ name: String, in directory: borrowing Directory) throws(SystemError) {
    let bytes: [UInt8]
    do throws(SystemError) {
      guard let found = try directory.read(name, limit: Owner.reservationLimit) else { return nil }
      bytes = found
    } catch {
      guard let kind = try directory.status(name)?.kind else { return nil }
      if kind != .regular {
        self = .odd(.kind(kind))
        return
      }
      guard case .tooLarge = error else { throw error }
      self = .odd(.tooLarge)
      return
    }
    if bytes.isEmpty, let kind = try directory.status(name)?.kind, kind != .regular {
      self = .odd(.kind(kind))
    } else if Owner.isMissing(in: bytes) {
      self = .ownerless
    } else {
      self = Owner(reservation: bytes).map { .held($0) } ?? .odd(.foreign)
    }
  }
}

/// A file with an address's name that is no reservation, or that cannot be removed.
///
/// Its address is never given to anybody, and Braid leaves the file alone.
package struct OddReservation: Equatable, Sendable {
  package let address: IPAddress
  package let reason: Reason

  package enum Reason: Equatable, Sendable {
    case kind(FileKind)
    /// It has more bytes than any reservation.
    case tooLarge
    /// It does not name a container.
    case foreign
    /// Nobody can change or remove it (chattr(1), +i or +a).
    case immutable
  }
}

extension ReservationStore {
  /// The odd files with an address's name, in the order of the addresses.
  ///
  /// Of files whose kind is all right, it looks at no more than `closeLooks`: STATUS comes every few seconds, and pools are large.
  func oddReservations() throws(SystemError) -> [OddReservation] {
    var found: [OddReservation] = []
    var looks = 0
    for (name, kind) in try entries() {
      guard let address = try? IPAddress(name), address.description == name else { continue }
      if let kind, kind != .regular {
        found.append(.init(address: address, reason: .kind(kind)))
      } else if looks < Self.closeLooks {
        looks += 1
        if let reason = try oddity(of: address) { found.append(.init(address: address, reason: reason)) }
      }
    }
    return found.sorted { $0.address < $1.address }
  }

  private static let closeLooks = 1024

  private func oddity(of address: IPAddress) throws(SystemError) -> OddReservation.Reason? {
    if case .odd(let reason) = try reservation(of: address) { return reason }
    return isImmutable(address) ? .immutable : nil
  }
}
