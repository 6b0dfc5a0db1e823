import CNI
import Diagnostics
import IPAM
import JSON
import Plugins
import Policy

extension Policy {
  /// What the built-in delegates refuse in the networks' configurations, as they would at an ADD; external ones are not looked for.
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

  /// Why the delegate of an entry, or the IPAM under it, or Braid itself, does not take the configuration.
  ///
  /// What is not supported hides nothing else.
  private static func refusals(of entry: ChainEntry, in network: Network) -> [DelegateError] {
    do throws(ProtocolError) {
      var configuration = try PluginConfiguration(Planner.delegate(entry, of: network).configuration)
      // In a runtime's list.
      if entry.isBraid { return [refusalOfBraid(configuration)].compactMap { $0 } }
      var found: [DelegateError] = []
      // A plugin in another process hands its configuration to the IPAM as it is.
      let ipam = entry.ipamType.flatMap { entry.facts.readsIPAM && BuiltIn.mayBeIPAM($0) ? $0 : nil }
      let types = [entry.type] + (ipam.map { [$0] } ?? [])
      for type in types where BuiltIn.delegate(type) != nil {
        while let error = refusal(of: configuration, by: type) {
          if !found.contains(where: { $0.path == error.path }) { found.append(error) }
          guard error.isUnsupported, let rest = configuration.without(error.path) else { break }
          configuration = rest
        }
      }
      return found
    } catch { return BuiltIn.delegate(entry.type) == nil ? [] : [.protocol(error)] }
  }

  private static func refusal(of configuration: PluginConfiguration, by type: String) -> DelegateError? {
    do {
      try BuiltIn.validate(type, configuration)
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

extension DelegateError {
  fileprivate var isUnsupported: Bool { if case .configuration(.unsupported) = self { true } else { false } }
}

extension Policy {
  private static func refusalOfBraid(_ configuration: PluginConfiguration) -> DelegateError? {
    do {
      _ = try BraidConfiguration(configuration)
      return nil
    } catch { return .configuration(error) }
  }
}

extension ChainEntry {
  fileprivate func finding(_ error: DelegateError, _ network: Network) -> Diagnostic {
    switch error {
    case .configuration(let error), .protocol(.configuration(let error)):
      finding(error, network: network.name)
    case .plugin(let failure as IPAMError):
      if case .configuration(let error) = failure {
        finding(error, network: network.name)
      } else {
        finding(ErrorObject(.plugin(failure)).text, at: failure.path, network: network.name)
      }
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
