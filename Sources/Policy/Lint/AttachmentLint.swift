import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// How many attachments are reviewed. A policy of thousands of rules must be checked within seconds.
  private static let reviewed = 50_000

  /// Finds attachments that an ADD would refuse, by the checks of the ADD itself.
  mutating func checkAttachments() {
    var left = Self.reviewed
    for rule in draft.rules {
      for (i, (drafted, attach)) in zip(rule.attach.filter { $0.network != nil }, rule.model(networks).attach).enumerated() {
        left -= 1
        guard left > 0, let network = networks[attach.network] else { continue }
        if i > 0 { checkInterface(drafted, rule.file) }
        let place = ReviewPlace(attach: drafted, isFirst: i == 0, file: rule.file, fallback: attach.span)
        review(
          network, attach.options,
          .init(defaultRoutes: attach.defaultRoute.families, maker: network.chain.first?.type), place)
      }
    }
    for request in draft.requests {
      for name in request.networks {
        guard let network = networks[name.value] else { continue }
        let place = ReviewPlace(attach: nil, isFirst: false, file: request.file, fallback: Span(request.file, name.range))
        review(network, .init(), .init(defaultRoutes: [], mayGetAddresses: true, maker: network.chain.first?.type), place)
      }
    }
  }

  /// The name that runtimes give the first attachment.
  private static let firstInterface = "eth0"

  private mutating func checkInterface(_ attach: PolicyDraft.Attach, _ file: SourceFile) {
    guard let interface = attach.interface, interface.value.text == Self.firstInterface else { return }
    report(
      .interfaceOfFirst, "the first attachment has the interface name \(quoted(Self.firstInterface)) already",
      Span(file, interface.range), help: "write another name, such as net1")
  }

  private mutating func review(
    _ network: Network, _ options: AttachmentOptions, _ call: PlannedCall, _ place: ReviewPlace
  ) {
    let key = ReviewKey(network: network.name, options: options, defaultRoutes: call.defaultRoutes, mayGet: call.mayGetAddresses)
    let errors = reviews[key] ?? refusals(network, options, call)
    reviews[key] = errors
    for error in errors { report(error.error, network.chained(for: options).chain[error.position], network, options, place) }
  }

  /// The refusals of an attachment's plugins.
  private func refusals(_ network: Network, _ options: AttachmentOptions, _ call: PlannedCall) -> [EntryRefusal] {
    guard let interface = try? InterfaceName(Self.firstInterface) else { return [] }
    let selected = SelectedAttachment(
      network: network.chained(for: options), interface: interface, defaultRoute: DefaultRoute(), options: options,
      inResult: true,
      origin: .rule(network.span))
    var refusals: [EntryRefusal] = []
    for (i, entry) in selected.network.chain.enumerated() {
      guard let review = Plugin.named(entry.type)?.review, !isWrongByItself(entry, network) else { continue }
      do {
        let configuration = try PluginConfiguration(selected.configuration(of: entry, at: i))
        do { _ = try review(configuration, call) } catch { refusals.append(.init(position: i, error: error)) }
      } catch { continue }
    }
    return refusals
  }

  /// Whether the plugin refuses the entry in every attachment. That is reported as an error of the network.
  private func isWrongByItself(_ entry: ChainEntry, _ network: Network) -> Bool {
    do {
      try Plugin.named(entry.type)?.validate?(try network.configuration(of: entry))
      return false
    } catch { return true }
  }

  private mutating func report(
    _ error: PluginConfigurationError, _ entry: ChainEntry, _ network: Network, _ options: AttachmentOptions,
    _ place: ReviewPlace
  ) {
    let span = place.span(of: error.path, entry, options)
    if options.areWrongByThemselves { return }
    var finding = ReviewFinding(error)
    // The checks of the policy have reported it.
    if error.path.steps.prefix(2) == [.key("runtimeConfig"), .key(Capability.bandwidth.rawValue)],
      options.bandwidth?.burstWithoutRate != nil
    {
      return
    }
    if case .attachment(let problem) = error {
      switch problem {
      case .nextHop(let gateway, _, _, _) where outsideGateways[network.name]?.contains(gateway) ?? false: return
      // The checks of the policy have reported them.
      case .outsideRanges(let addresses, _) where addresses.contains { wanted in options.ips.contains { $0.address == wanted } }:
        return
      case .gatewayRequested(let address, _, _) where options.ips.contains { $0.address == address }: return
      case .noAddress where place.isFirst: finding.severity = .warning
      default: break
      }
    }
    guard reviewed.insert("\(finding.code.rawValue) \(span.description)").inserted else { return }
    findings.append(
      Diagnostic(
        finding.code, "network \(quoted(network.name.text)), \(entry.type): \(finding.text)", at: span,
        secondary: entry.span.holds(span) ? [] : [.init(entry.span(of: .init("type")), "the plugin")],
        help: finding.help, severity: finding.severity))
  }
}

/// Everything that a review of an attachment depends on. Most rules of a large policy attach the same networks in the same way.
struct ReviewKey: Hashable {
  let network: NetworkName
  let options: AttachmentOptions
  let defaultRoutes: [AddressFamily]
  let mayGet: Bool
}

/// The refusal of one entry of a chain.
struct EntryRefusal {
  let position: Int
  let error: PluginConfigurationError
}

/// Where an attachment stands in the policy.
struct ReviewPlace {
  /// Nil for a network that Pods may ask for.
  let attach: PolicyDraft.Attach?
  let isFirst: Bool
  let file: SourceFile
  /// The place of the network's name.
  let fallback: Span

  /// The place of a key of a derived configuration: the attachment's own key if the value comes from there, else the entry's.
  func span(of path: ConfigurationError.KeyPath, _ entry: ChainEntry, _ options: AttachmentOptions) -> Span {
    let keys = path.steps.compactMap { step -> String? in if case .key(let key) = step { key } else { nil } }
    guard let attach else { return entry.span(of: path) }
    switch (keys.first, keys.count) {
    case ("runtimeConfig", 2...): return Span(file, attach.place(of: keys[1]))
    case ("args", 3...) where options.arguments.value(named: keys[2]) != nil: return Span(file, attach.place(of: "args"))
    case ("mtu", _) where options.mtu != nil: return Span(file, attach.place(of: "mtu"))
    case ("ipam", 1): return fallback
    default: return entry.span(of: path)
    }
  }
}
