import CLinux
import Glibc
import NetworkTypes
import System
import TestSupport
import Testing

@testable import Netlink

/// Objects of nf_tables in both directions. The bytes are those that nft(8) 1.0.6 sent, as strace(1) showed them.
@Suite struct NFTablesTests {
  static let table = NFTable(.inet, "braid")
  static let masquerade = NFTSet("masquerade4", in: table, key: [.ipv4Address])
  static let exceptions = NFTSet("masquerade-except4", in: table, key: [.ipv4Address, .ipv4Address], hasIntervals: true)
  static let hostPorts = NFTSet(
    "hostports4", in: table, key: [.protocolNumber, .ipv4Address, .port], data: [.ipv4Address, .port])
  static let services = NFTChain("services", in: table)
  static let hostPortsChain = NFTChain("hostports", in: table)
  static let postrouting = NFTChain("postrouting", in: table, hook: .init(.nat, .postrouting, priority: 105))

  /// A request without netlink's header, which has the sequence number.
  private func body(_ request: Request) -> [UInt8] { Array(request.message.bytes.dropFirst(16)) }
  private func body(_ hexadecimal: String) -> [UInt8] { Array(bytes(hexadecimal).dropFirst(16)) }

  @Test func chains() {
    // nft add chain inet braid services
    #expect(
      body(Self.services.add)
        == body("30000000030a01040200000000000000010000000a00010062726169640000000d000300736572766963657300000000"))
    // nft add chain inet braid postrouting '{ type nat hook postrouting priority srcnat + 5; policy accept; }'
    let theirs = """
      54000000030a01040500000000000000010000000a000100627261696400000010000300706f7374726f7574696e6700080007006e61740008000500
      000000011400048008000100000000040800020000000069
      """
    #expect(body(Self.postrouting.add) == body(theirs))
  }

  /// nft sends userdata of its own after what the kernel reads.
  @Test func sets() {
    // nft add set inet braid masquerade4 '{ type ipv4_addr; }'
    let plain = """
      5c000000090a01040600000000000000010000000a0001006272616964000000100002006d617371756572616465340008000300000000000800040000
      000007080005000000000408000a00000000010a000d000004020000000000
      """
    #expect(body(Self.masquerade.add(id: 1)) == body(plain).dropLast(12))
    // nft add set inet braid masquerade-except4 '{ type ipv4_addr . ipv4_addr; flags interval; }'
    let intervals = """
      8c000000090a01040700000000000000010000000a0001006272616964000000170002006d6173717565726164652d65786365707434000008000300
      0000008408000400000001c7080005000000000808000a0000000002200009801c0002800c00018008000100000000040c0001800800010000000004
      14000d00000400000000030800040d0000000100
      """
    #expect(body(Self.exceptions.add(id: 2)) == body(intervals).dropLast(20))
    // nft add map inet braid hostports4 '{ type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }'
    let map = """
      8c000000090a01040800000000000000010000000a00010062726169640000000f000200686f7374706f72747334000008000300000000080800040000
      00c1cd080005000000000c08000600000001cd080007000000000808000a00000000032a000d00000400000000010400000000030800040d00000001
      00040800040d00000001000604000000000000
      """
    #expect(body(Self.hostPorts.add(id: 3)) == body(map).dropLast(44))
  }

  private func element(_ set: NFTSet, _ key: [[UInt8]], to end: [[UInt8]]? = nil, data: [[UInt8]]? = nil) -> NFTElement {
    NFTElement(in: set, key, to: end, data: data, comment: "container abc")
  }

  /// nft names the set by its number in the batch too (attribute 4, eight bytes).
  @Test(arguments: [0, 1, 2]) func elements(_ which: Int) throws {
    let pod = ip("10.1.0.2").bytes
    let (ours, theirs): (NFTElement, String) =
      switch which {
      case 0:
        // nft add element inet braid masquerade4 '{ 10.1.0.2 comment "container abc" }'
        (
          element(Self.masquerade, [pod]),
          """
          600000000c0a01040100000000000000010000000a0001006272616964000000100002006d617371756572616465340028000380240001800c000180
          080001000a01000214000600000e636f6e7461696e65722061626300
          """
        )
      case 1:
        // nft add element inet braid masquerade-except4 '{ 10.1.0.2 . 10.1.0.0/24 comment "container abc" }'
        (
          element(Self.exceptions, [pod, ip("10.1.0.0").bytes], to: [pod, ip("10.1.0.255").bytes]),
          """
          7c0000000c0a01040200000000000000010000000a0001006272616964000000170002006d6173717565726164652d65786365707434000
          03c00038038000180100001800c0001000a0100020a01000010000a800c0001000a0100020a0100ff14000600000e636f6e7461696e65722061626300
          """
        )
      default:
        // nft add element inet braid hostports4 '{ tcp . 192.0.2.1 . 8080 comment "container abc" : 10.1.0.2 . 80 }'
        (
          element(Self.hostPorts, [[6], ip("192.0.2.1").bytes, [0x1f, 0x90]], data: [pod, [0, 80]]),
          """
          780000000c0a01040300000000000000010000000a00010062726169640000000f000200686f7374706f727473340000
          4400038040000180180001801400010006000000c00002011f900000100002800c0001000a0100020050000014000600000e636f6e7461696e65722061
          626300
          """
        )
      }
    if which != 2 { #expect(body(ours.add) == body(theirs)) }
    // What the kernel lists has the same form.
    let message = try #require(try Message.all(in: ours.add.message.bytes).first)
    #expect(try NFTElement.all(in: ours.set, message) == [ours])
  }

  static let examples: [(NFTRule, String)] = [
    (
      // nft add rule inet braid postrouting ct status dnat jump services comment '"braid 1"'
      NFTRule(
        postrouting,
        [
          .connection(.status, into: 0), .and(0, mask: [0x20, 0, 0, 0]), .notEqual(0, [0, 0, 0, 0]),
          .verdict(.jump("services")),
        ], comment: "braid 1"),
      """
      14010000060a010c0400000000000000010000000a000100627261696400000010000200706f7374726f7574696e6700d400048020000180070001006
      37400001400028008000200000000020800010000000001440001800c0001006269747769736500340002800800010000000001080002000000000108
      000300000000040c00048008000100200000000c00058008000100000000002c00018008000100636d70002000028008000100000000010800020000
      0000010c0003800800010000000000400001800e000100696d6d6564696174650000002c0002800800010000000000200002801c0002800800010
      0fffffffd0d0002007365727669636573000000000e000700000862726169642031000000
      """
    ),
    (
      // nft add rule inet braid services ip saddr . ip daddr != @masquerade-except4 masquerade
      NFTRule(
        services,
        [
          .meta(.family, into: 0), .equal(0, [2]), .payload(.network, offset: 12, length: 4, into: 0),
          .payload(.network, offset: 16, length: 4, into: 1), .lookupNot(0, set: "masquerade-except4"), .masquerade,
        ]),
      """
      44010000060a010c0500000000000000010000000a00010062726169640000000d000200736572766963657300000000140104802400018009000100
      6d6574610000000014000280080002000000000f08000100000000012c00018008000100636d7000200002800800010000000001080002000000
      00000c0003800500010002000000340001800c0001007061796c6f6164002400028008000100000000010800020000000001080003000000000c0800
      040000000004340001800c0001007061796c6f61640024000280080001000000000908000200000000010800030000000010080004000000000444
      0001800b0001006c6f6f6b75700000340002800800020000000001170001006d6173717565726164652d657863657074340000080004000000000208
      0005000000000114000180090001006d6173710000000004000280
      """
    ),
    (
      // nft add rule inet braid hostports dnat ip to meta l4proto . ip daddr . th dport map @hostports4
      NFTRule(
        hostPortsChain,
        [
          .meta(.family, into: 0), .equal(0, [2]), .meta(.transportProtocol, into: 0),
          .payload(.network, offset: 16, length: 4, into: 1), .payload(.transport, offset: 2, length: 2, into: 2),
          .lookup(0, set: "hostports4", into: 0), .destinationNAT(.ipv4, address: 0, port: 1),
        ]),
      """
      7c010000060a010c0600000000000000010000000a00010062726169640000000e000200686f7374706f7274730000004c01048024000180090001006
      d6574610000000014000280080002000000000f08000100000000012c00018008000100636d700020000280080001000000000108000200000000000c
      00038005000100020000002400018009000100 6d657461000000001400028008000200000000100800010000000001340001800c0001007061796c6f
      616400240002800800010000000009080002000000000108000300000000100800040000000004340001800c0001007061796c6f6164002400028008
      0001000000000a0800020000000002080003000000000208000400000000023c0001800b0001006c6f6f6b757000002c000280080002000000000108
      000300000000010f000100686f7374706f727473340000080004000000000330000180080001006e61740024000280080001000000000108000200
      0000000208000300000000010800050000000009
      """
    ),
    (
      // nft add rule inet braid hostports iif != '"lo"' ip daddr 127.0.0.0/8 fib daddr type local drop
      NFTRule(
        hostPortsChain,
        [
          .meta(.incomingIndex, into: 0), .notEqual(0, [1, 0, 0, 0]), .meta(.family, into: 0), .equal(0, [2]),
          .payload(.network, offset: 16, length: 1, into: 0), .equal(0, [127]), .destinationType(into: 0),
          .equal(0, [2, 0, 0, 0]), .verdict(.drop),
        ]),
      """
      b8010000060a010c0700000000000000010000000a00010062726169640000000e000200686f7374706f7274730000008801048024000180090001006
      d6574610000000014000280080002000000000408000100000000012c00018008000100636d700020000280080001000000000108000200000000010c
      00038008000100010000002400018009000100 6d6574610000000014000280080002000000000f08000100000000012c00018008000100636d7000
      20000280080001000000000108000200000000000c0003800500010002000000340001800c0001007061796c6f616400240002800800010000000001
      0800020000000001080003000000001008000400000000012c00018008000100636d700020000280080001000000000108000200000000000c000380
      0500010 07f0000002800018008000100666962001c0002800800030000000002080002000000000308000100000000012c00018008000100636d70
      0020000280080001000000000108000200000000000c0003800800010002000000300001800e000100696d6d6564696174650000001c00028008000
      10000000000100002800c0002800800010000000000
      """
    ),
  ]

  /// nft names a set by its number in the batch too (NFTA_LOOKUP_SET_ID), so rules with sets are compared by what they say.
  @Test(arguments: examples.indices) func rules(_ index: Int) throws {
    let (ours, theirs) = Self.examples[index]
    let message = try #require(try Message.all(in: bytes(theirs)).first)
    #expect(try NFTRule(message) == ours)
    let own = try #require(try Message.all(in: ours.append(to: Self.table).message.bytes).first)
    #expect(try NFTRule(own) == ours)
    #expect(try NFTRule.Label(own) == NFTRule.Label(ours))
    let usesSet = ours.expressions.contains { if case .lookup = $0 { true } else if case .lookupNot = $0 { true } else { false } }
    if !usesSet { #expect(body(ours.append(to: Self.table)) == body(theirs)) }
  }

  @Test func overlaps() {
    let pod = ip("10.1.0.2").bytes
    func range(_ from: String, _ to: String, _ of: [UInt8]) -> NFTElement {
      element(Self.exceptions, [of, ip(from).bytes], to: [of, ip(to).bytes])
    }
    let one = range("10.1.0.0", "10.1.0.255", pod)
    #expect(one.overlaps(range("10.0.0.0", "10.255.255.255", pod)) && range("10.1.0.255", "10.1.1.0", pod).overlaps(one))
    #expect(!one.overlaps(range("10.1.1.0", "10.1.1.255", pod)))
    #expect(!one.overlaps(range("10.1.0.0", "10.1.0.255", ip("10.1.0.3").bytes)))
  }

  @Test func userData() {
    let comment = NFTUserData.comment("abc", as: 0)
    #expect(comment == [0, 4, 97, 98, 99, 0])
    #expect(NFTUserData.comment(([7, 1, 9] + comment)[...], as: 0) == "abc")
    for broken: [UInt8] in [[], [0], [0, 5, 97], [0, 200] + [UInt8](repeating: 97, count: 20), [1, 1, 0]] {
      #expect(NFTUserData.comment(broken[...], as: 0) == nil)
    }
    #expect(NFTUserData.comment(nil, as: 0) == nil)
  }
}

/// nf_tables of the kernel, in a namespace of its own.
@Suite(.needsRoot, .needs(kernel: .nftables)) struct NFTablesKernelTests {
  private typealias Objects = NFTablesTests

  /// A socket in an object, because a closure cannot return a socket itself.
  private final class Socket {
    var socket: NetfilterSocket

    init() throws(NetlinkError) { socket = try NetfilterSocket() }
  }

  private static let whole: [Request] =
    [
      Objects.table.add(comment: "Braid"), Objects.masquerade.add(id: 1), Objects.exceptions.add(id: 2),
      Objects.hostPorts.add(id: 3),
    ]
    + [Objects.services, Objects.hostPortsChain, Objects.postrouting].map(\.add)
  private static let pod = NFTElement(in: Objects.masquerade, [ip("10.1.0.2").bytes], comment: "container abc")

  @Test func whatIsWrittenIsRead() throws {
    try withNetworkNamespace { namespace in
      let kernel = try namespace.visit { try Socket() }
      #expect(try !kernel.socket.has(Objects.table) && kernel.socket.rules(of: Objects.table) == [])
      #expect(try kernel.socket.elements(of: Objects.masquerade) == [] && kernel.socket.elements(like: [Self.pod]) == [nil])
      let rules = [Objects.examples[0].0, Objects.examples[1].0]
      try kernel.socket.commit(Self.whole + rules.map { $0.append(to: Objects.table) } + [Self.pod.add])
      #expect(try kernel.socket.rules(of: Objects.table) == [rules[1], rules[0]])
      #expect(try kernel.socket.elements(of: Objects.masquerade) == [Self.pod])
      #expect(try kernel.socket.elements(like: [Self.pod]) == [Self.pod])
      let text = try namespace.run("nft", "list", "table", "inet", "braid")
      #expect(text.contains("comment \"Braid\"") && text.contains("10.1.0.2 comment \"container abc\""))
      #expect(text.contains("ip saddr . ip daddr != @masquerade-except4 masquerade"))
      // nft reads back what it prints.
      try namespace.run("nft", "flush", "ruleset")
      try withTemporaryDirectory { directory in
        try directory.write("ruleset", text)
        try namespace.run("nft", "-f", directory["ruleset"])
      }
      #expect(try namespace.run("nft", "list", "table", "inet", "braid") == text)
    }
  }

  /// A batch happens as a whole or not at all, and its error names the change at fault.
  @Test func aBatchIsAtomic() throws {
    try withNetworkNamespace { namespace in
      let kernel = try namespace.visit { try Socket() }
      try kernel.socket.commit(Self.whole)
      let stranger = NFTElement(in: NFTSet("nowhere", in: Objects.table, key: [.ipv4Address]), [ip("10.1.0.3").bytes])
      let error = refusal { () throws(NetlinkError) in try kernel.socket.commit([Self.pod.add, stranger.add, Self.pod.add]) }
      #expect(
        error?.errno == .noSuchFileOrDirectory && error?.description.contains("of inet braid nowhere") == true,
        "\(String(describing: error))")
      #expect(try kernel.socket.elements(of: Objects.masquerade) == [])
      // The socket is usable after a refusal, although the kernel had more to say.
      try kernel.socket.commit([Self.pod.add])
      let again = refusal { () throws(NetlinkError) in try kernel.socket.commit([Self.pod.add]) }
      #expect(again?.errno == .fileExists)
      try kernel.socket.commit([Self.pod.delete])
      #expect(try kernel.socket.elements(of: Objects.masquerade) == [])
    }
  }

  @Test func aBatchOfAnOldGenerationIsRefused() throws {
    try withNetworkNamespace { namespace in
      let kernel = try namespace.visit { try Socket() }
      try kernel.socket.commit(Self.whole)
      let generation = try kernel.socket.generation()
      try namespace.run("nft", "add", "table", "inet", "other")
      let error = refusal { () throws(NetlinkError) in try kernel.socket.commit([Self.pod.add], since: generation) }
      #expect(error?.isOutdated == true, "\(String(describing: error))")
      try kernel.socket.commit([Self.pod.add], since: try kernel.socket.generation())
      #expect(try kernel.socket.elements(of: Objects.masquerade) == [Self.pod])
    }
  }
}
