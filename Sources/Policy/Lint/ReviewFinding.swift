import CNI
import Diagnostics
import PluginModel

/// A plugin's refusal of an attachment as a finding.
struct ReviewFinding {
  let code: DiagnosticCode
  let text: String
  let help: String?
  var severity: Diagnostic.Severity

  init(_ error: PluginConfigurationError) {
    switch error {
    case .attachment(let problem): (code, text, help) = (problem.code, problem.text, problem.help)
    case .configuration(let error), .protocol(.configuration(let error)):
      (code, text) = (.delegateConfiguration, error.reason)
      help = error.path.steps.contains(.key("ips")) ? "write each address with its prefix length, such as 10.1.2.3/24" : nil
    default: (code, text, help) = (.delegateConfiguration, ErrorObject(error).text, nil)
    }
    severity = code.severity
  }
}

extension AttachmentProblem {
  fileprivate var code: DiagnosticCode {
    switch self {
    case .gatewayRequested, .outsideRanges: .addressOutsidePool
    case .secondOfSet: .severalOfSet
    case .noAddress: .noAddress
    case .address: .unusableAddress
    case .nextHop: .unreachableNextHop
    case .noGateway, .ownGateway, .otherNetwork, .otherGateway, .mtuBelowIPv6: .unfitAddresses
    case .severalGateways: .severalGateways
    case .noNodeEnd: .delegateConfiguration
    }
  }

  fileprivate var help: String {
    switch self {
    case .gatewayRequested, .outsideRanges: "write an address of the range, or make the range larger"
    case .secondOfSet: "keep one of them, or give the network a second set of ranges"
    case .noAddress: "write ips: [10.1.2.3/24] in the attachment, or addresses in the ipam"
    case .address: "write another address"
    case .nextHop(_, _, .otherFamily, _): "write a next hop of the family of dst"
    case .nextHop(_, _, .unreachable, _):
      "write a next hop in the subnet of an address, or a route of scope 253 to it before this one"
    case .nextHop(_, _, .reachedTooLate, _): "move the other route before this one, and give it scope: 253"
    case .nextHop(_, _, .scope, _): "remove scope, or write the next hop in another route"
    case .nextHop(_, _, .notUnicast, _): "write the address of a router"
    case .noGateway: "give the address a gateway of the same family"
    case .ownGateway: "write another gateway: it becomes an address of the node"
    case .severalGateways: "write the same gateway, or take one subnet away"
    case .otherNetwork: "write an address of the network's ipam"
    case .otherGateway: "write the same gateway in the ipam"
    case .mtuBelowIPv6: "write an MTU of at least 1280, or take the IPv6 addresses away"
    case .noNodeEnd: "remove the limits here, or make the interface with bridge or ptp"
    }
  }
}
