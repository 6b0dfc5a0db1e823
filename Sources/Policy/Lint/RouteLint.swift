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
}
