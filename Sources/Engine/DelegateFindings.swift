import CNI
import Diagnostics
import Plugins
import Policy

extension Policy {
  /// What the built-in delegates refuse in the networks' configurations, as they would at an ADD; external ones are not looked for.
  ///
  /// What one of the `known` errors says already is not said again.
  package func delegateFindings(known: Findings) -> Findings {
    var findings = Findings()
    let errors = known.items.filter { $0.severity == .error }
    for network in networks {
      for entry in network.chain {
        guard let error = Self.refusal(of: entry, in: network) else { continue }
        let whole = entry.valueSpan(of: error.path)
        if !errors.contains(where: { whole.holds($0.primary) }) { findings.append(entry.finding(error, network)) }
      }
    }
    return findings
  }

  /// Why the delegate of an entry, or the IPAM under it, or Braid itself, does not take the configuration.
  private static func refusal(of entry: ChainEntry, in network: Network) -> DelegateError? {
    do {
      // In a runtime's list.
      if entry.type == "braid" { return try refusalOfBraid(Planner.configuration(entry, of: network)) }
      // A plugin in another process hands its configuration to the IPAM as it is.
      let type = DelegateLookup.builtIn(entry.type) == nil ? entry.ipamType : entry.type
      guard let type, let delegate = DelegateLookup.builtIn(type) else { return nil }
      try delegate.validate(try Planner.configuration(entry, of: network))
      return nil
    } catch { return error }
  }
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
    case .configuration(let error), .protocol(.configuration(let error)), .ipam(.configuration(let error)):
      finding(error, network: network.name)
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
