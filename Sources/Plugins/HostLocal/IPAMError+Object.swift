import CNI
import IPAM
import PluginModel

extension IPAMError: PluginFailure {
  /// A full pool may have room later, so its code is "try again later".
  package var object: ErrorObject {
    switch self {
    case .protocol(let error): ErrorObject(error)
    case .system(let error): ErrorObject(error)
    case .configuration(let error): ErrorObject(error)
    case .exhausted(let full):
      ErrorObject(
        .tryAgainLater, "failed to allocate for range \(full.set): no IP addresses available in range set: \(full.ranges)",
        details: full.details)
    case .requested(let set, let address, .gateway):
      ErrorObject(.invalidEnvironment, "failed to allocate for range \(set): requested ip \(address) is subnet's gateway")
    case .requested(let set, let address, .taken(let ranges, let holder)):
      ErrorObject(
        .tryAgainLater,
        "failed to allocate for range \(set): requested IP address \(address) is not available in range set \(ranges)",
        details: holder?.text ?? "")
    case .unmatched(let addresses):
      ErrorObject(
        .invalidEnvironment, "failed to allocate all requested IPs: \(addresses.map(\.description).joined(separator: " "))")
    case .duplicate(let set, let owner, let address):
      ErrorObject(
        .invalidEnvironment,
        "failed to allocate for range \(set): \(address) has been allocated to \(owner.containerID), duplicate allocation is not allowed"
      )
    case .notReserved(let id): ErrorObject(.unknownContainer, "host-local: Failed to find address added by container \(id)")
    case .lost(let address, let id):
      ErrorObject(.unknownContainer, "host-local: \(address) is not reserved for container \(id)")
    case .resolvConf(let error): ErrorObject(.io, error.description)
    case .noPrevResult: ErrorObject(.invalidConfiguration, "Required prevResult missing")
    case .checkMismatch(let address, let name):
      ErrorObject(.io, "static: Failed to match addr \(address) on interface \(name)")
    }
  }

  package var isShortage: Bool { if case .exhausted = self { true } else { false } }

  /// The reference plugin's text if it differs from `object`'s.
  package var referenceText: String? {
    switch self {
    // Test suites compare the whole text, details included.
    case .exhausted, .requested(_, _, .taken): object.msg
    case .resolvConf(.call(let call, let path, let errno)):
      "\(call == .openat ? "open" : call.rawValue) \(path): \(errno.description.lowercased())"
    default: nil
    }
  }

  package var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(.staticArgument): .init("ipam", "addresses")
    case .configuration(let error): error.path
    default: .init()
    }
  }
}

extension Exhaustion {
  /// The number of addresses, and the owner of the oldest reservation.
  fileprivate var details: String {
    var parts = ["\(capacity) address\(capacity == 1 ? "" : "es") in all"]
    if let oldest {
      parts.append("\(oldest.address) has been reserved longest, by \(oldest.owner), since \(oldest.since.text)")
    }
    if !odd.isEmpty { parts.append(OddReservation.text(odd)) }
    return parts.joined(separator: "; ")
  }
}

extension OddReservation {
  /// Names the addresses that nobody gets, each with what stands in the place of its file.
  static func text(_ all: [OddReservation], in directory: String? = nil) -> String {
    let shown = all.prefix(8).map { "\($0.address) is \($0.reason.text)" }
    let more = all.count > shown.count ? ", and there are \(all.count - shown.count) more" : ""
    let place = directory.map { "in \($0), " } ?? ""
    let fate =
      all.count == 1
      ? "the address is given to nobody as long as the file is there"
      : "these addresses are given to nobody as long as the files are there"
    return "\(place)\(shown.joined(separator: ", "))\(more): \(fate)"
  }
}

extension OddReservation.Reason {
  fileprivate var text: String {
    switch self {
    case .kind(let kind): "\(kind.rawValue) and no reservation"
    case .tooLarge: "a file that is too large for a reservation"
    case .foreign: "a file that names no container"
    case .immutable: "a file that nobody can remove (chattr -i -a allows it)"
    }
  }
}

extension Holder {
  fileprivate var text: String { "\(address) has been reserved by \(owner) since \(since.text)" }
}
