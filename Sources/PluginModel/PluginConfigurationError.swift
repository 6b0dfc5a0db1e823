import CNI

/// Why a plugin refuses its configuration. Finding out needs no node. The texts are the reference plugins' own, which users know.
package enum PluginConfigurationError: Error, Equatable, Sendable {
  case configuration(ConfigurationError)
  /// The configuration's name or version is invalid.
  case `protocol`(ProtocolError)
  /// `prevResult` cannot be read.
  case result(ResultError)
  /// A set of ranges that cannot be used. Sets are counted from 0.
  case rangeSet(Int, RangeProblem)
  /// Two sets that share addresses.
  case overlap(Int, Int)
  case noRanges
  /// Two sets of one family. A result before 0.3.0 has room for only one address a family.
  case severalAddresses(SpecVersion)
  /// An address of CNI_ARGS that `static` cannot use.
  case staticArgument(reason: String)
  /// The keys are valid, but an ADD would certainly fail.
  case attachment(AttachmentProblem)

  /// The wrong key. An empty path stands for the whole configuration.
  package var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error), .protocol(.configuration(let error)): error.path
    case .rangeSet(let set, _), .overlap(_, let set): .init("ipam").appending("ranges").appending(set)
    case .noRanges: .init("ipam")
    case .attachment(let problem): problem.path
    case .protocol, .result, .severalAddresses, .staticArgument: .init()
    }
  }

  /// Whether the plugin knows the feature but does not have it yet.
  package var isUnsupported: Bool { if case .configuration(.unsupported) = self { true } else { false } }
}

extension ErrorObject {
  /// The CNI error code and text for the refusal.
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
    case .staticArgument(let reason): self.init(.invalidEnvironment, reason)
    case .attachment(let problem): self = problem.object
    }
  }
}
