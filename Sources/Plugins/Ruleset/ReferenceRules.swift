import CNI
import Netlink
import NetworkTypes

/// The rules that a reference plugin of the same name made for an attachment, on a node that has changed to Braid under running Pods.
///
/// Rules of iptables are objects of nf_tables where iptables works with nf_tables. Those of iptables-legacy are out of reach.
struct ReferenceRules {
  let host: NodeNamespace
  let containerID: String
  let ifName: String
  let network: String

  init(_ call: DelegateCall, network: String, host: NodeNamespace) {
    (self.host, self.network) = (host, network)
    (containerID, ifName) = (call.containerID.text, call.ifName.text)
  }

  /// Deletes the rules of `ipMasq`.
  func deleteMasquerade() throws(DelegateError) {
    // The text before it is a digest of the same names. The whole comment has 128 bytes at most.
    let names = "net: \(network), if: \(ifName), id: \(containerID)"
    let chain = NFTChain("masq_checks", in: NFTable(.inet, "cni_plugins_masquerade"))
    try delete(from: chain) { rule in
      guard let comment = rule.comment, let start = comment.firstRange(of: ", net: ")?.lowerBound else { return false }
      let found = comment[start...].dropFirst(2)
      return found == names || (comment.utf8.count >= 127 && names.hasPrefix(found))
    }
    for family in AddressFamily.allCases {
      try deleteChains(calledFrom: "POSTROUTING", family, comment: "name: \"\(network)\" id: \"\(containerID)\"", prefix: "CNI-")
    }
  }

  /// Deletes the rules of `portmap`.
  func deleteHostPorts() throws(DelegateError) {
    for family in AddressFamily.allCases {
      let table = NFTable(family.netfilter, "cni_hostport")
      for chain in ["hostports", "hostip_hostports", "masquerading"] {
        try delete(from: NFTChain(chain, in: table)) { $0.comment == containerID }
      }
      try deleteChains(
        calledFrom: "CNI-HOSTPORT-DNAT", family, comment: "dnat name: \"\(network)\" id: \"\(containerID)\"", prefix: "CNI-DN-")
    }
  }

  /// Deletes the rules with this comment in a chain of iptables' table nat, and the chains of the attachment that they lead to.
  private func deleteChains(
    calledFrom caller: String, _ family: AddressFamily, comment: String, prefix: String
  ) throws(DelegateError) {
    let table = NFTable(family.netfilter, "nat")
    let rules = try rules(of: NFTChain(caller, in: table)).filter { $0.rule.hasComment(comment) }
    guard !rules.isEmpty else { return }
    let targets = Set(rules.flatMap { $0.rule.jumps }.filter { $0.hasPrefix(prefix) })
    let chains = targets.sorted().map { NFTChain($0, in: table) }
    try commit(rules.map { $0.delete(from: table) } + chains.map(\.flush) + chains.map(\.delete))
  }

  private func delete(from chain: NFTChain, where fits: (NFTRule) -> Bool) throws(DelegateError) {
    try commit(try rules(of: chain).filter { fits($0.rule) }.map { $0.delete(from: chain.table) })
  }

  private func rules(of chain: NFTChain) throws(DelegateError) -> [NFTPlacedRule] {
    try host.netfilter { (socket) throws(NetlinkError) in try socket.placedRules(of: chain) }
  }

  private func commit(_ changes: [Request]) throws(DelegateError) {
    try host.netfilter { (socket) throws(NetlinkError) in try socket.commit(changes) }
  }
}

extension NFTRule {
  /// Whether it has this comment, by either way that iptables-nft has for one.
  fileprivate func hasComment(_ text: String) -> Bool { comment == text || expressions.contains(.comment(text)) }

  /// The chains that it calls.
  fileprivate var jumps: [String] {
    expressions.compactMap { step in
      switch step {
      case .verdict(.jump(let chain)), .verdict(.goto(let chain)): chain
      default: nil
      }
    }
  }
}
