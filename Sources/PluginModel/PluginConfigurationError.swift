import CNI

/// Why a plugin refuses its configuration. It is found without a node. The texts are those that users of the reference plugins know.
package enum PluginConfigurationError: Error, Equatable, Sendable {
  case configuration(ConfigurationError)
  /// The configuration is none: its name, its version.
  case `protocol`(ProtocolError)
  /// `prevResult` cannot be read.
  case result(ResultError)
  /// A set of ranges that cannot be used; the sets are counted from 0.
  case rangeSet(Int, RangeProblem)
  /// Two sets that share addresses.
  case overlap(Int, Int)
  case noRanges
  /// Two addresses of one family, for which results before 0.3.0 have no room.
  case severalAddresses(SpecVersion)

  /// The key that it is about; the whole configuration if it is about none.
  package var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error), .protocol(.configuration(let error)): error.path
    case .rangeSet(let set, _), .overlap(_, let set): .init("ipam").appending("ranges").appending(set)
    case .noRanges: .init("ipam")
    case .protocol, .result, .severalAddresses: .init()
    }
  }

  /// Whether the plugin knows the key or its value, and cannot do it yet.
  package var isUnsupported: Bool { if case .configuration(.unsupported) = self { true } else { false } }
}

extension ErrorObject {
  /// The code and text of what a plugin refuses.
  package init(_ error: PluginConfigurationError) {
    switch error {
    case .configuration(.missing(.init("ipam"))): self.init(.invalidConfiguration, "IPAM config missing 'ipam' key")
    case .configuration(let error): self.init(error)
    case .protocol(let error): self.init(error)
    case .result(let error): self.init(error)
    case .rangeSet(let set, let problem): self.init(.invalidConfiguration, "invalid range set \(set): \(problem.text)")
    case .overlap(let a, let b): self.init(.invalidConfiguration, "range set \(a) overlaps with \(b)")
    case .noRanges: self.init(.invalidConfiguration, "no IP ranges specified")
    case .severalAddresses(let version): self.init(ResultError.severalAddresses(version))
    }
  }
}
