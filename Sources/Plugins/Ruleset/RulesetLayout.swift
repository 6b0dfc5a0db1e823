import Netlink
import NetworkTypes

/// Braid's table of nf_tables on the node: the same few chains and rules, however many Pods there are. A Pod is elements of the sets.
///
/// `docs/services.md` draws the way of a packet. Where a set's types change, the set gets a new name, because an older Braid's elements may
/// still be in it.
enum RulesetLayout {
  static let table = NFTable(.inet, "braid")
  static let comment = "Braid: networks of Pods"

  /// The comment of each rule. A table whose rules bear others is of another release, and its rules are replaced.
  static let version = "braid 1"

  /// The sets and maps of one address family.
  struct Sets: Sendable {
    /// The Pods whose packets to outside are masqueraded.
    let masqueraded: NFTSet
    /// Pods and the destinations for which their packets are not masqueraded: the Pod's own subnets, and the policy's exceptions.
    let exceptions: NFTSet
    /// Each Pod's address twice: a Pod that calls a Service or host port and is its own backend.
    let own: NFTSet
    /// Sources and Pods: the Pod would answer these sources past the node, so what was DNATed to it must come from the node.
    let neighbours: NFTSet
    /// The hardware addresses of Pods on bridges, to find packets that the node bridges and does not route.
    let bridged: NFTSet
    /// The Pods' ports that see all callers from outside under the node's address (`masqAll`).
    let masqueradedPorts: NFTSet
    /// The node's ports on one of its addresses, and the Pod and port behind each.
    let hostPorts: NFTSet
    /// The node's ports on all its addresses.
    let anyHostPorts: NFTSet

    fileprivate init(_ family: AddressFamily) {
      let table = RulesetLayout.table
      let suffix = family.rawValue
      let address: NFTSet.DataType = family == .ipv4 ? .ipv4Address : .ipv6Address
      masqueraded = NFTSet("masquerade\(suffix)", in: table, key: [address])
      exceptions = NFTSet("masquerade-except\(suffix)", in: table, key: [address, address], hasIntervals: true)
      own = NFTSet("hairpin\(suffix)", in: table, key: [address, address])
      neighbours = NFTSet("neighbours\(suffix)", in: table, key: [address, address], hasIntervals: true)
      bridged = NFTSet("bridged\(suffix)", in: table, key: [.etherAddress, address])
      masqueradedPorts = NFTSet("masquerade-ports\(suffix)", in: table, key: [.protocolNumber, .port, address])
      hostPorts = NFTSet("hostports\(suffix)", in: table, key: [.protocolNumber, address, .port], data: [address, .port])
      anyHostPorts = NFTSet("hostports-any\(suffix)", in: table, key: [.protocolNumber, .port], data: [address, .port])
    }

    var all: [NFTSet] {
      [masqueraded, exceptions, own, neighbours, bridged, masqueradedPorts, hostPorts, anyHostPorts]
    }
  }

  static func sets(_ family: AddressFamily) -> Sets { family == .ipv4 ? ipv4 : ipv6 }
  static var allSets: [NFTSet] { ipv4.all + ipv6.all }

  private static let ipv4 = Sets(.ipv4)
  private static let ipv6 = Sets(.ipv6)

  // MARK: - Chains

  /// DNAT of host ports. After kube-proxy (-100), whichever of us starts last: the first that translates a connection decides.
  private static let prerouting = NFTChain("prerouting", in: table, hook: .init(.nat, .prerouting, priority: -95))
  private static let output = NFTChain("output", in: table, hook: .init(.nat, .output, priority: -95))
  /// After all DNAT, and before anything is delivered.
  private static let localnet = NFTChain("localnet", in: table, hook: .init(.filter, .prerouting, priority: -90))
  private static let postrouting = NFTChain("postrouting", in: table, hook: .init(.nat, .postrouting, priority: 105))
  private static let hostPorts = NFTChain("hostports", in: table)
  private static let services = NFTChain("services", in: table)
  private static let neighbours = NFTChain("neighbours", in: table)

  static let chains = [hostPorts, neighbours, services, prerouting, output, localnet, postrouting]

  // MARK: - Rules

  /// In the order of `chains`, as the kernel lists them.
  static var rules: [NFTRule] {
    typealias Step = NFTExpression
    let families = AddressFamily.allCases
    var rules: [NFTRule] = []
    func rule(_ chain: NFTChain, _ steps: [Step]) { rules.append(NFTRule(chain, steps, comment: version)) }
    for family in families {
      let sets = sets(family)
      rule(
        hostPorts,
        family.only + [.transportProtocol(0), family.destination(1), .destinationPort(1 + family.words)]
          + dnat(family, sets.hostPorts))
      rule(hostPorts, family.only + [.transportProtocol(0), .destinationPort(1)] + dnat(family, sets.anyHostPorts))
    }
    for family in families {
      // A packet that the node bridges has the Pod's own hardware address as its destination by now. One that it routes still has the
      // node's. A packet of the node's own has none, and this rule does not match.
      rule(
        neighbours,
        [
          .meta(.incomingType, into: 0), .equal(0, ethernet), .payload(.link, offset: 12, length: 2, into: 0),
          .equal(0, family.etherType), .payload(.link, offset: 0, length: 6, into: 0), family.destination(2),
          .lookup(0, set: sets(family).bridged.name), .verdict(.return),
        ])
    }
    rule(neighbours, [.masquerade])
    for family in families {
      let sets = sets(family)
      let pair = [family.source(0), family.destination(family.words)]
      rule(services, family.only + pair + [.lookup(0, set: sets.own.name), .masquerade])
      rule(
        services,
        family.only + [
          .transportProtocol(0), .destinationPort(1), family.destination(2),
          .lookup(0, set: sets.masqueradedPorts.name), .masquerade,
        ])
      rule(services, family.only + pair + [.lookup(0, set: sets.neighbours.name), .verdict(.goto(neighbours.name))])
    }
    for chain in [prerouting, output] {
      rule(chain, [.destinationType(into: 0), .equal(0, local), .verdict(.jump(hostPorts.name))])
    }
    // `route_localnet` lets packets for 127.0.0.0/8 in, and packets from there. Answers and host ports need that, and nothing else.
    for address in [AddressFamily.ipv4.destinationPrefix(0), AddressFamily.ipv4.sourcePrefix(0)] {
      rule(
        localnet,
        [.meta(.incomingIndex, into: 0), .notEqual(0, loopbackIndex)] + AddressFamily.ipv4.only
          + [
            address, .equal(0, [127]), .connection(.state, into: 0), .and(0, mask: established), .equal(0, nothing),
            .connection(.status, into: 0), .and(0, mask: destinationNAT), .equal(0, nothing), .verdict(.drop),
          ])
    }
    rule(
      postrouting,
      [
        .connection(.status, into: 0), .and(0, mask: destinationNAT), .notEqual(0, nothing),
        .verdict(.jump(services.name)),
      ])
    for family in families {
      let sets = sets(family)
      rule(
        postrouting,
        family.only + [family.source(0), .lookup(0, set: sets.masqueraded.name)] + family.notMulticast
          + [family.source(0), family.destination(family.words), .lookupNot(0, set: sets.exceptions.name), .masquerade])
    }
    return rules
  }

  private static func dnat(_ family: AddressFamily, _ map: NFTSet) -> [NFTExpression] {
    [.lookup(0, set: map.name, into: 0), .destinationNAT(family.netfilter, address: 0, port: family.words)]
  }

  /// ARPHRD_ETHER.
  private static let ethernet = UInt16(1).nativeBytes
  /// RTN_LOCAL.
  private static let local = UInt32(2).nativeBytes
  private static let loopbackIndex = UInt32(1).nativeBytes
  /// IPS_DST_NAT.
  private static let destinationNAT = UInt32(0x20).nativeBytes
  /// NF_CT_STATE_BIT of established and related connections.
  private static let established = UInt32(0x06).nativeBytes
  private static let nothing = UInt32(0).nativeBytes
}

// MARK: - Steps

extension FixedWidthInteger where Self: BitwiseCopyable {
  /// In the machine's byte order, as the kernel holds properties of packets that are no part of the packet.
  fileprivate var nativeBytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension NFTExpression {
  fileprivate static func transportProtocol(_ register: Int) -> Self { .meta(.transportProtocol, into: register) }

  fileprivate static func destinationPort(_ register: Int) -> Self {
    .payload(.transport, offset: 2, length: 2, into: register)
  }
}

extension AddressFamily {
  /// How many registers an address takes.
  fileprivate var words: Int { byteCount / 4 }

  /// Ends the rule for packets of another family.
  fileprivate var only: [NFTExpression] { [.meta(.family, into: 0), .equal(0, [netfilter.rawValue])] }

  fileprivate var etherType: [UInt8] { self == .ipv4 ? [0x08, 0x00] : [0x86, 0xdd] }

  fileprivate func source(_ register: Int) -> NFTExpression {
    .payload(.network, offset: self == .ipv4 ? 12 : 8, length: UInt32(byteCount), into: register)
  }

  fileprivate func destination(_ register: Int) -> NFTExpression {
    .payload(.network, offset: self == .ipv4 ? 16 : 24, length: UInt32(byteCount), into: register)
  }

  /// The first byte of an address.
  fileprivate func sourcePrefix(_ register: Int) -> NFTExpression {
    .payload(.network, offset: self == .ipv4 ? 12 : 8, length: 1, into: register)
  }

  fileprivate func destinationPrefix(_ register: Int) -> NFTExpression {
    .payload(.network, offset: self == .ipv4 ? 16 : 24, length: 1, into: register)
  }

  /// Ends the rule for packets to 224.0.0.0/4 or ff00::/8.
  fileprivate var notMulticast: [NFTExpression] {
    switch self {
    case .ipv4: [destination(0), .and(0, mask: [0xf0, 0, 0, 0]), .notEqual(0, [0xe0, 0, 0, 0])]
    case .ipv6: [destinationPrefix(0), .notEqual(0, [0xff])]
    }
  }
}
