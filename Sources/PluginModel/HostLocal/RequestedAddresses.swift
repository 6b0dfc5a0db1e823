import CNI
import NetworkTypes

/// The addresses that `args.cni` or `runtimeConfig` requests from `host-local` (CNI conventions). The runtime or Braid writes
/// them, so the table of keys does not list them.
struct RequestedAddresses: ConfigurationPart {
  private(set) var ips: [IPAddress] = []

  init() {}

  static let fields: [Field<RequestedAddresses>] = [
    .ofRuntime("ips", .list(of: .requestedAddress)) { $0.ips = $1 }
  ]
}

/// The ranges in `runtimeConfig` (CNI conventions).
struct RuntimeRanges: ConfigurationPart {
  private(set) var ranges: [[RangeKeys]] = []

  init() {}

  static let fields: [Field<RuntimeRanges>] = [
    .ofRuntime("ipRanges", .list(of: .list(of: .object))) { $0.ranges = $1 }
  ]
}

extension IPAddress {
  /// A requested address, with or without a prefix length. Throws `NetworkTypeError`.
  package init(requested text: String) throws(NetworkTypeError) {
    self = text.utf8.contains(UInt8(ascii: "/")) ? try CIDR(text).address : try IPAddress(text)
  }

  /// The reference plugin's message for a text that is not an address.
  package static func refusal(ofRequested text: String) -> String { "invalid IP address \(text)" }
}

extension Codec where Value == IPAddress {
  fileprivate static var requestedAddress: Codec {
    Codec(type: .text(.value)) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      do throws(NetworkTypeError) { return try IPAddress(requested: text) } catch {
        throw .invalid(path, reason: IPAddress.refusal(ofRequested: text))
      }
    }
  }
}
