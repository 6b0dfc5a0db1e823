import CNI
import Diagnostics
import PluginModel

extension Policy {
  /// What the built-in plugins refuse in the networks' configurations, as they would at an ADD; external ones are not looked for.
  ///
  /// What one of the `known` errors says already is not said again. In a runtime's list the reference plugin may be what is called:
  /// there it is not refused that Braid's own cannot do something yet.
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

  /// Why the plugin of an entry, or the IPAM under it, does not take the configuration.
  ///
  /// What is not supported hides nothing else.
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
  /// The same without a key of its own; nil where there is none of the name.
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
  fileprivate func holds(_ other: Span) -> Bool {
    guard file === other.file, let range, let inner = other.range else { return false }
    return range.lowerBound <= inner.lowerBound && inner.upperBound <= range.upperBound
  }
}
