import CNI
import Diagnostics
import NetworkTypes

/// Finds parts of a policy that work but are probably not what the author meant.
///
/// Only `braidctl` runs these checks; an ADD skips them. The errors among the findings are about Pods that an ADD would refuse, and
/// about mistakes that are certainly not meant.
struct PolicyLint {
  /// How many networks are compared with each other. The cost grows with the square, and no node has so many.
  static let comparedNetworks = 500

  let draft: PolicyDraft
  let networks: [NetworkName: Network]
  var findings = Findings()
  /// How many names may still be compared for "did you mean".
  var comparisons = 100_000
  /// The findings about attachments, by place and code: several rules may attach the same wrong network.
  var reviewed: Set<String> = []
  var reviews: [ReviewKey: [EntryRefusal]] = [:]
  /// The first attachment or request that gets any address of a network. Nil until it is needed.
  var drawers: [NetworkName: Span]?
  /// The gateways that have been reported as outside their subnets.
  var outsideGateways: [NetworkName: Set<IPAddress>] = [:]

  init(_ draft: PolicyDraft, _ networks: [NetworkName: Network]) { (self.draft, self.networks) = (draft, networks) }

  mutating func run() {
    checkUse()
    checkRequests()
    checkGrants()
    checkReachability()
    for network in draft.networks {
      checkOrder(of: network)
      checkPlugins(of: network)
      checkGateways(of: network)
    }
    checkBridgeGateways()
    checkAttachments()
    checkPatterns()
    checkRequesters()
    checkSubnets()
    checkMasters()
    checkMasterMTU()
    for rule in draft.rules {
      checkDefaultRoutes(of: rule)
      checkDestinations(of: rule)
      checkIdentities(of: rule)
      checkFixedAddresses(of: rule)
      checkLabels(of: rule)
      checkDefaultGateway(of: rule)
      checkMTU(of: rule)
    }
  }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, _ span: Span, _ secondary: [Diagnostic.Secondary] = [], help: String? = nil
  ) {
    findings.append(Diagnostic(code, message, at: span, secondary: secondary, help: help))
  }

  private mutating func checkRequests() {
    for request in draft.requests {
      for name in request.networks where networks[name.value] != nil && !NetworkRequest.canName(name.value.text) {
        report(
          .unaskableNetwork, "no annotation can name the network \(quoted(name.value.text))", Span(request.file, name.range),
          help: "give it a name of lower-case letters, digits and -")
      }
    }
  }

  private mutating func checkUse() {
    // A missing or unknown name was probably meant to be that of the network which seems unused.
    let names = draft.rules.flatMap { $0.attach.map(\.network) } + draft.requests.flatMap { $0.networks }
    let isKnown = names.allSatisfy { $0.map { networks[$0.value] != nil } ?? false }
    guard isKnown, !draft.isPartial, !draft.rules.isEmpty, draft.rules.allSatisfy({ !$0.attach.isEmpty }) else { return }
    var used: Set<NetworkName> = []
    for rule in draft.rules { used.formUnion(rule.attach.compactMap { $0.network?.value }) }
    for request in draft.requests { used.formUnion(request.networks.map(\.value)) }
    for network in draft.networks where !used.contains(network.name) {
      report(
        .unusedNetwork, "no rule attaches the network \(quoted(network.name.text)), and no request allows it", network.span,
        help: "attach it in a rule, allow it in requests, or remove it")
    }
  }
}
