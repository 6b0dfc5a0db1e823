import NetworkTypes
import PluginModel
import Policy

/// Words of pictures and reports about a network's links and addresses.
extension Network {
  /// The types of its chain, in order.
  var chainText: String { chain.map(\.type).joined(separator: " → ") }

  /// The settings of the first plugin that a picture shows.
  var linkNotes: [String] {
    guard let facts = makerFacts else { return [] }
    var notes = facts.notes
    if let mtu = facts.mtu { notes.append("MTU \(mtu)") }
    if let link = facts.link, link.isInContainer { notes.append("on \(link.name ?? "the default route's link") in the Pod") }
    return notes
  }

  /// Where its addresses come from, one line per source.
  var addressTexts: [String] {
    switch addressSource {
    case .none: ["no addresses"]
    case .pools(let sets): sets.flatMap { $0.enumerated().map { ($0.offset == 0 ? "" : "or ") + $0.element.range.text } }
    case .fixed(let addresses):
      addresses.isEmpty ? ["addresses as asked for"] : addresses.map { "\($0.cidr)" + gatewayText($0.gateway) }
    case .plugin(let type): ["addresses by \(type)"]
    }
  }
}

extension PluginFacts.Link.Role {
  /// The word for this use of a link in a picture.
  var word: String {
    switch self {
    case .bridge: "bridge"
    case .master: "master"
    case .moved: "moved into the Pod"
    }
  }
}

extension DeclaredRange {
  /// The subnet, the range if it is not the whole subnet, and the gateway.
  fileprivate var text: String {
    var range = ""
    if start != nil || end != nil, let first { range = " from \(first) to \(last)" }
    return "\(subnet.network)\(range)" + gatewayText(effectiveGateway)
  }
}

private func gatewayText(_ gateway: IPAddress?) -> String { gateway.map { ", gateway \($0)" } ?? "" }
