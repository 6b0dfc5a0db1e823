import CNI
import Netlink
import NetworkTypes
import PluginModel

/// The masquerading of one attachment (`ipMasq`): its elements of the node's ruleset.
struct Masquerade {
  let keys: MasqueradeConfiguration
  let owner: ElementOwner
  let ruleset: Ruleset

  init(_ keys: MasqueradeConfiguration, _ call: DelegateCall, network: String, on node: Node) {
    (self.keys, owner, ruleset) = (keys, ElementOwner(call, network: network), Ruleset(host: node.host))
  }

  /// Adds the elements. Another attachment's element of the same address is an old one: the address is ours now.
  func add(_ result: CNIResult, _ call: DelegateCall) throws(DelegateError) {
    try ruleset.add(elements(result, call), of: owner) { _ in true }
  }

  /// Deletes the elements. Without a result, or if the result does not name all of them, they are looked for by their comment.
  static func delete(_ call: DelegateCall, network: String, on node: Node) throws(DelegateError) {
    let whole = Masquerade(MasqueradeConfiguration(), call, network: network, on: node)
    if try whole.ruleset.deleteAll(of: whole.owner).isEmpty {
      try ReferenceRules(call, network: network, host: node.host).deleteMasquerade()
    }
  }

  /// GC: deletes the elements of the network's other attachments.
  static func collectGarbage(keeping valid: [Attachment], network: String, on node: Node) throws(DelegateError) {
    do throws(DelegateError) {
      try Ruleset(host: node.host).deleteAll(ofNetwork: network, keeping: valid)
    } catch {
      guard case .plugin(RulesetError.noNFTables) = error else { throw error }
    }
  }

  /// Deletes the elements of an ADD with this result.
  func delete(_ result: CNIResult, _ call: DelegateCall, network: String, on node: Node) throws(DelegateError) {
    let elements = elements(result, call)
    let found = try ruleset.delete(elements, of: owner).count
    if found < elements.count { try Self.delete(call, network: network, on: node) }
  }

  /// Throws the first difference. A later plugin may have given the interface another hardware address.
  func check(_ result: CNIResult, _ call: DelegateCall) throws(DelegateError) {
    guard try ruleset.isWhole() == true else { throw .plugin(RulesetError.damaged) }
    let wanted = elements(result, call).filter { $0.set.key.first != .etherAddress }
    if let missing = try ruleset.missing(wanted).first { throw .plugin(RulesetError.elementMissing(missing)) }
  }

  private func elements(_ result: CNIResult, _ call: DelegateCall) -> [NFTElement] {
    let subnets = result.ips(of: call.ifName.text).map(\.address)
    var elements: [NFTElement] = []
    for address in subnets {
      let sets = RulesetLayout.sets(address.family)
      let pod = address.address
      elements.append(NFTElement(in: sets.masqueraded, [pod.bytes], comment: owner.comment))
      let spared = (subnets.map(\.network) + keys.except.map(\.network)).filter { $0.family == address.family }
      elements += spared.withoutContained.map { subnet in
        NFTElement(
          in: sets.exceptions, [pod.bytes, subnet.address.bytes], to: [pod.bytes, subnet.last.bytes], comment: owner.comment)
      }
    }
    return elements + ServiceElements(result, call, owner).all
  }
}

extension [CIDR] {
  /// The same addresses without a network that another one contains. The kernel refuses ranges that overlap.
  var withoutContained: [CIDR] {
    var kept: [CIDR] = []
    for network in sorted(by: { $0.prefixLength < $1.prefixLength }) where !kept.contains(where: { $0.overlaps(network) }) {
      kept.append(network)
    }
    return kept
  }
}
