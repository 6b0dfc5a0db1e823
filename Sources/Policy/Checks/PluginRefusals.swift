import CNI
import Diagnostics
import PluginModel

extension Policy {
  /// The errors for which the built-in plugins would refuse the networks' configurations at an ADD. External plugins are not run.
  ///
  /// An error inside the place of a `known` error is left out: it says the same again. `forRuntime` is for a runtime's list.
  /// There the runtime may call the reference plugin, so features that Braid's own plugin does not have yet are no errors.
  package func delegateFindings(known: Findings, forRuntime: Bool = false) -> Findings {
    var findings = Findings()
    let errors = known.items.filter { $0.severity == .error }
    for network in networks {
      for entry in network.chain {
        for error in Self.refusals(of: entry, in: network) where !(forRuntime && error.isUnsupported) {
          let whole = entry.valueSpan(of: error.path)
          if !errors.contains(where: { whole.holds($0.primary) }) { findings.append(entry.finding(error, network)) }
        }
      }
    }
    return findings
  }

  /// The errors for which an entry's plugin and its IPAM plugin refuse the configuration.
  ///
  /// A plugin stops at its first error. If that is an unsupported feature, the key is removed and the plugin is asked again, so
  /// the missing feature does not hide other errors.
  private static func refusals(of entry: ChainEntry, in network: Network) -> [PluginConfigurationError] {
    let plugin = Plugin.named(entry.type)
    do {
      var configuration = try network.configuration(of: entry)
      var found: [PluginConfigurationError] = []
      let ipam = entry.ipamType.flatMap {
        entry.facts.readsIPAM && Plugin.mayBeIPAM($0) ? BuiltInPlugin(rawValue: $0)?.plugin : nil
      }
      for validate in [plugin, ipam].compactMap({ $0?.validate }) {
        while let error = refusal(of: configuration, by: validate) {
          if !found.contains(where: { $0.path == error.path }) { found.append(error) }
          guard error.isUnsupported, let rest = configuration.without(error.path) else { break }
          configuration = rest
        }
      }
      return found
    } catch { return BuiltInPlugin(rawValue: entry.type) == nil ? [] : [.protocol(error)] }
  }

  private static func refusal(
    of configuration: PluginConfiguration, by validate: Plugin.Validation
  ) -> PluginConfigurationError? {
    do {
      try validate(configuration)
      return nil
    } catch { return error }
  }
}

extension PluginConfiguration {
  /// The configuration without a key. Nil if the path is not that of a top-level key.
  fileprivate func without(_ path: ConfigurationError.KeyPath) -> PluginConfiguration? {
    guard path.steps.count == 1, case .key(let key)? = path.steps.first, let name = object.member(named: key)?.name else {
      return nil
    }
    return try? setting(name, nil)
  }
}

extension ChainEntry {
  fileprivate func finding(_ error: PluginConfigurationError, _ network: Network) -> Diagnostic {
    switch error {
    case .configuration(let error), .protocol(.configuration(let error)): finding(error, network: network.name)
    default: finding(ErrorObject(error).text, at: error.path, network: network.name)
    }
  }
}

extension Span {
  /// Whether the other place is in this one.
  func holds(_ other: Span) -> Bool {
    guard file === other.file, let range, let inner = other.range else { return false }
    return range.lowerBound <= inner.lowerBound && inner.upperBound <= range.upperBound
  }
}
