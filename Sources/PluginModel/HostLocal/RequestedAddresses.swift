import CNI
import NetworkTypes

/// What is asked of `host-local` in `args.cni` and in `runtimeConfig` (CNI conventions). No policy has it: the table leaves it open.
struct RequestedAddresses: ConfigurationPart {
  private(set) var ips: [IPAddress] = []

  init() {}

  static let fields: [Field<RequestedAddresses>] = [
    .ofRuntime("ips", .list(of: .requestedAddress)) { $0.ips = $1 }
  ]
}

/// The ranges that `runtimeConfig` has for `host-local` (CNI conventions).
struct RuntimeRanges: ConfigurationPart {
  private(set) var ranges: [[RangeKeys]] = []

  init() {}

  static let fields: [Field<RuntimeRanges>] = [
    .ofRuntime("ipRanges", .list(of: .list(of: .object))) { $0.ranges = $1 }
  ]
}

extension IPAddress {
  /// An address that is asked for, with or without a prefix length. Throws `NetworkTypeError`.
  package init(requested text: String) throws(NetworkTypeError) {
    self = text.contains("/") ? try CIDR(text).address : try IPAddress(text)
  }

  /// What the reference plugin says of a text that is no address.
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
