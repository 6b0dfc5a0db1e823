import CNI
import Diagnostics
import NetworkTypes
import PluginModel

extension PolicyLint {
  /// Finds attachments that claim a default route which their network surely does not bring. The ADD of such a Pod fails.
  mutating func checkDefaultRoutes(of rule: PolicyDraft.Rule) {
    for (i, attach) in rule.attach.enumerated() {
      guard let claim = attach.defaultRoute, let name = attach.network?.value, let network = networks[name],
        let (family, lack) = network.lack(of: attach.claim(on: networks), with: attach.options)
      else { continue }
      let isSure = i > 0 || !network.mayGetGateway(with: attach.options)
      findings.append(
        Diagnostic(
          .noDefaultRoute,
          "the network \(quoted(name.text)) brings no IPv\(family.rawValue) default route: \(lack.reason(family))",
          at: Span(rule.file, claim.range), secondary: [.init(network.span, "the network")], help: lack.help(family),
          severity: isSure ? .error : .warning))
    }
  }

  /// How many destinations of one network are compared.
  private static let comparedDestinations = 1000

  /// Finds destinations to which two networks of one rule lead. A Pod can reach them through one of the two only.
  mutating func checkDestinations(of rule: PolicyDraft.Rule) {
    var known: [CNIResult.Route.Key: (network: Network, destination: Network.Destination)] = [:]
    for attach in rule.attach {
      guard let name = attach.network?.value, let network = networks[name],
        network.chained(for: attach.options).keepsRoutes
      else { continue }
      for destination in network.destinations(with: attach.options).prefix(Self.comparedDestinations) {
        guard let other = known[destination.key] else {
          known[destination.key] = (network, destination)
          continue
        }
        // Subnets that overlap are BRD0215.
        guard other.network.name != name, destination.isRoute || other.destination.isRoute else { continue }
        // The new one wins only as the network of an address, over a route.
        let isOwner = !destination.isRoute
        let (owner, loser) = isOwner ? (destination, other.destination) : (other.destination, destination)
        report(
          .sharedDestination,
          "the networks \(quoted(other.network.name.text)) and \(quoted(name.text)) both lead to \(destination.key.destination)",
          loser.span, [.init(owner.span, "a Pod goes this way"), .init(rule.span, "this rule attaches both")],
          help: "remove this route, or give it a priority or a table of its own")
      }
    }
  }
}
