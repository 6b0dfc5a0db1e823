import CLinux
import NetworkTypes
import Testing

@testable import Netlink

/// Filters in both directions, for each classifier.
@Suite struct FilterTests {
  private static let redirect = Filter(priority: 1, match: .everything, classID: TrafficHandle(1, 1), redirect: 3)
  private static let ipv4 = Filter(priority: 2, match: .destination(cidr("10.1.0.0/16")), classID: TrafficHandle(1, 1))
  private static let ipv6 = Filter(priority: 3, match: .destination(cidr("fd01:2:3::/56")), classID: TrafficHandle(1, 1))
  private static let nests = [[2]: 0]

  private func link() throws -> Link {
    try captured(
      Reply.message(Int32(RTM_NEWLINK), 0) {
        $0.header(ifinfomsg(index: 2))
        $0.attribute(LinkAttribute.name, string: "v0")
      })
  }

  private func filters(_ datagram: [UInt8]) throws -> [Filter] {
    try Message.all(in: datagram).compactMap { (message) throws(MalformedReply) in try Filter(message) }
  }

  private func request(_ filter: Filter, _ classifier: Filter.Classifier) throws -> Request {
    filter.add(classifier, to: .ingressQdisc, of: try link())
  }

  @Test func u32Redirects() throws {
    // tc filter add dev v0 parent ffff: prio 1 protocol all u32 match u32 0 0 flowid 1:1 action mirred egress redirect dev ifb0
    let theirs = bytes(
      """
      940000002c000506375a0a6b000000000000000002000000000000000000ffff0003010008000100753332006800020008000100010001003800
      0700340001000b0001006d6972726564000024000280200002000000000000000000040000000000000000000000010000000300000024000500
      0100010000000000000000000000000000000000000000000000000000000000
      """)
    let ours = try request(Self.redirect, .u32)
    #expect(ours.meaning(header: 20, nests: Self.nests) == Meaning(theirs, header: 20, nests: Self.nests))
    #expect(try filters(theirs) == [Self.redirect] && ours.object == "u32 dev v0 ffff:")
  }

  @Test func u32MatchesIPv4() throws {
    // tc filter add dev v0 parent ffff: prio 2 protocol ip u32 match ip dst 10.1.0.0/16 flowid 1:1
    let theirs = bytes(
      """
      5c0000002c000506375a0a6b000000000000000002000000000000000000ffff0800020008000100753332003000020008000100010001002400
      050001000100000000000000000000000000ffff00000a0100001000000000000000
      """)
    #expect(try request(Self.ipv4, .u32).meaning(header: 20, nests: Self.nests) == Meaning(theirs, header: 20, nests: Self.nests))
    #expect(try filters(theirs) == [Self.ipv4])
  }

  @Test func u32MatchesIPv6() throws {
    // tc filter add dev v0 parent ffff: prio 3 protocol ipv6 u32 match ip6 dst fd01:2:3::/56 flowid 1:1
    let theirs = bytes(
      """
      6c0000002c000506375a0a6b000000000000000002000000000000000000ffff86dd030008000100753332004000020008000100010001003400
      050001000200000000000000000000000000fffffffffd0100021800000000000000ffffff00000300001c00000000000000
      """)
    #expect(try request(Self.ipv6, .u32).meaning(header: 20, nests: Self.nests) == Meaning(theirs, header: 20, nests: Self.nests))
    #expect(try filters(theirs) == [Self.ipv6])
  }

  @Test func matchallRedirects() throws {
    // tc filter add dev v0 parent ffff: prio 4 protocol all matchall action mirred egress redirect dev ifb0
    let theirs = bytes(
      """
      700000002c000506385a0a6b000000000000000002000000000000000000ffff000304000d0001006d61746368616c6c000000003c0002003800
      0200340001000b0001006d69727265640000240002802000020000000000000000000400000000000000000000000100000003000000
      """)
    let filter = Filter(priority: 4, match: .everything, redirect: 3)
    #expect(
      try request(filter, .matchall).meaning(header: 20, nests: Self.nests) == Meaning(theirs, header: 20, nests: Self.nests))
    #expect(try filters(theirs) == [filter])
  }

  @Test func flowerMatchesAddresses() throws {
    // tc filter add dev v0 parent ffff: prio 5 protocol ip flower dst_ip 10.1.0.0/16 classid 1:1
    let ipv4 = bytes(
      """
      5c0000002c000506385a0a6b000000000000000002000000000000000000ffff080005000b000100666c6f77657200002c00020008000c000a01
      000008000d00ffff0000080001000100010008001600000000000600080008000000
      """)
    // tc filter add dev v0 parent ffff: prio 6 protocol ipv6 flower src_ip fd01:2:3::/56 classid 1:1
    let ipv6 = bytes(
      """
      740000002c000506385a0a6b000000000000000002000000000000000000ffff86dd06000b000100666c6f77657200004400020014000e00fd01
      000200030000000000000000000014000f00ffffffffffffff000000000000000000080001000100010008001600000000000600080086dd0000
      """)
    let wanted = [
      Filter(priority: 5, match: .destination(cidr("10.1.0.0/16")), classID: TrafficHandle(1, 1)),
      Filter(priority: 6, match: .source(cidr("fd01:2:3::/56")), classID: TrafficHandle(1, 1)),
    ]
    #expect(try filters(ipv4 + ipv6) == wanted)
    #expect(try filters(wanted.flatMap { try request($0, .flower).message.bytes }) == wanted)
  }

  @Test func theKernelsAnswersAreRead() throws {
    #expect(try filters(Captured.u32Filters).prefix(3) == [Self.redirect, Self.ipv4, Self.ipv6])
    #expect(
      try filters(Captured.flowerFilters) == [
        Filter(priority: 1, match: .destination(cidr("10.1.0.0/16")), classID: TrafficHandle(1, 1)),
        Filter(priority: 2, match: .source(cidr("fd01:2:3::/56")), classID: TrafficHandle(1, 1)),
        Filter(priority: 3, match: .everything, redirect: 3),
      ])
  }

  @Test(arguments: Filter.Classifier.allCases) func everyFilterComesBack(_ classifier: Filter.Classifier) throws {
    let prefixes =
      (1...32).map { cidr("172.31.255.254/\($0)").network } + (1...128).map { cidr("fd12:3456::ffff:1/\($0)").network }
    let matches: [Filter.Match] =
      classifier == .matchall
      ? [.everything]
      : (classifier == .u32 ? [.everything] : []) + [.family(.ipv4), .family(.ipv6)]
        + prefixes.flatMap { [.source($0), .destination($0)] }
    for match in matches {
      for (classID, redirect) in [(TrafficHandle(1, 1), nil), (nil, 7), (TrafficHandle(1), 7)] as [(TrafficHandle?, Int32?)] {
        let filter = Filter(priority: 9, match: match, classID: classID, redirect: redirect)
        #expect(try filters(request(filter, classifier).message.bytes) == [filter])
      }
    }
  }

  /// Nothing that we did not ask for is taken for it.
  @Test func othersFilters() throws {
    func u32(_ etherType: Int32, _ keys: [[UInt32]]) throws -> Filter? {
      try filters(
        Reply.message(Int32(RTM_NEWTFILTER), 0) {
          $0.header(tcmsg(2, parent: .ingressQdisc, info: 1 << 16 | UInt32(UInt16(etherType).bigEndian)))
          $0.attribute(TrafficControlAttribute.kind, string: "u32")
          $0.nest(TrafficControlAttribute.options) {
            let words = keys.flatMap { [$0[0].bigEndian, $0[1].bigEndian, $0[2], $0[3]] }
            let bytes = words.withUnsafeBytes { Array($0) }
            $0.attribute(
              TrafficControlAttribute.U32.selector, [1, 0, UInt8(keys.count)] + [UInt8](repeating: 0, count: 13) + bytes)
          }
        }
      ).first
    }
    #expect(try u32(ETH_P_IP, [[0xffff_0000, 0x0a01_0000, 16, 0]])?.match == .destination(cidr("10.1.0.0/16")))
    // A protocol number, a mask with a hole, a key that moves with the header, too many keys, an address of everything.
    #expect(try u32(ETH_P_IP, [[0x00ff_0000, 0x0006_0000, 8, 0]])?.match == .other)
    #expect(try u32(ETH_P_IP, [[0xff00_ff00, 0x0a00_0100, 16, 0]])?.match == .other)
    #expect(try u32(ETH_P_IP, [[0xffff_0000, 0x0a01_0000, 16, .max]])?.match == .other)
    #expect(try u32(ETH_P_IP, [[0xff00_0000, 0x0a00_0000, 12, 0], [0xff00_0000, 0x0a00_0000, 16, 0]])?.match == .other)
    #expect(try u32(ETH_P_ALL, [[0xffff_0000, 0x0a01_0000, 16, 0]])?.match == .other)
    #expect(try u32(ETH_P_ARP, [[0, 0, 0, 0]])?.match == .other)
    #expect(try u32(ETH_P_ALL, [])?.match == .everything)
  }

  @Test func cutSelectorsAreErrors() {
    for size in [0, 2, 15, 16, 31] {
      var selector = [UInt8](repeating: 0, count: size)
      if size > 2 { selector[2] = 1 }
      #expect(throws: MalformedReply.attributeSize(type: TrafficControlAttribute.U32.selector, size: size)) {
        try U32.match(selector[...], .any)
      }
    }
  }
}
