import JSON
import NetworkTypes
import System
import TestSupport
import Testing

@testable import Netlink

/// The kernel takes our qdiscs, classes and filters, and gives them back.
@Suite(.needsRoot, .needs(program: "tc"), .needs(kernel: .shaping)) struct TrafficControlKernelTests {
  private static let rates: [UInt64] = [1, 1000, 125_000_000, UInt64(UInt32.max), 1 << 32, 50_000_000_000]

  private func withLink<T>(_ body: (ScratchNamespace, NamespaceSocket, Link) throws -> T) throws -> T {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      try socket.route.add(NewLink(name: name("ifb1"), kind: .ifb, isUp: true))
      return try body(node, socket, #require(try socket.route.link(named: name("ifb1"))))
    }
  }

  @Test func ifbsAreListed() throws {
    try withLink { node, socket, link in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      #expect(link.kind == .ifb)
      #expect(try socket.route.ifbs().map(\.name) == ["ifb1"])
    }
  }

  @Test(arguments: rates) func tbf(_ rate: UInt64) throws {
    try withLink { node, socket, link in
      for buffer in [Ticks(bytes: 1522, rate: rate), .max] {
        let wanted = TBF(rate: rate, buffer: buffer, limit: 123_456)
        try socket.route.execute(Qdisc.add(.tbf(wanted), TrafficHandle(1), to: link))
        let found = try socket.route.qdiscs(of: [(.root, link), (.ingress, link)])
        #expect(found[0]?.kind == .tbf(wanted) && found[0]?.handle == TrafficHandle(1) && found[1] == nil)
        try socket.route.execute(Qdisc.delete(under: .root, of: link))
      }
      #expect(try socket.route.qdiscs(of: [(.root, link)])[0]?.handle != TrafficHandle(1))
    }
  }

  /// A bucket in bytes is told as the time that we compute for it.
  @Test(arguments: rates + [7, 333_333, 999_999_999]) func tbfOfBytes(_ rate: UInt64) throws {
    try withLink { _, socket, link in
      for burst in [64, 1522, 65_557, 4_294_967_295] as [UInt32] {
        let wanted = TBF(rate: rate, buffer: .max, limit: 99_999, burst: burst)
        try socket.route.execute(Qdisc.add(.tbf(wanted), TrafficHandle(1), to: link))
        let told = TBF(rate: rate, buffer: TBF.buffer(ofBurst: burst, rate: rate), limit: 99_999)
        #expect(try socket.route.qdiscs(of: [(.root, link)])[0]?.kind == .tbf(told), "\(burst)")
        try socket.route.execute(Qdisc.delete(under: .root, of: link))
      }
    }
  }

  /// The kernel has nothing to tell about its own qdiscs, whichever way it says so.
  @Test func theKernelsOwnQdiscs() throws {
    try withLink { node, socket, link in
      let lo = try #require(try socket.route.link(index: 1))
      #expect(try socket.route.qdiscs(of: [(.root, lo), (.ingress, lo), (.ingress, link)]).map { $0?.kind } == [nil, nil, nil])
      try socket.route.execute(Qdisc.add(.ingress, .ingressQdisc, under: .ingress, to: link))
      try socket.route.execute(Qdisc.delete(under: .ingress, of: link))
      #expect(try socket.route.qdiscs(of: [(.ingress, link), (TrafficHandle(5, 5), link)]).map { $0?.kind } == [nil, nil])
      try socket.route.deleteLink(index: link.index, label: link.name)
      #expect(try socket.route.qdiscs(of: [(.root, link)]).map { $0?.kind } == [nil])
    }
  }

  @Test func tbfAsTcShowsIt() throws {
    try withLink { node, socket, link in
      let tbf = TBF(rate: 1_000_000, buffer: Ticks(microseconds: 100_000), limit: 125_000)
      try socket.route.execute(Qdisc.add(.tbf(tbf), TrafficHandle(1), to: link))
      let shown = try node.run("tc", "-r", "qdisc", "show", "dev", "ifb1")
      #expect(shown.contains("rate 8Mbit burst 100000b [0017d784]") && shown.contains("limit 125000b"), "\(shown)")
    }
  }

  @Test(arguments: rates) func htb(_ rate: UInt64) throws {
    try withLink { node, socket, link in
      let (top, leaf) = (TrafficHandle(1), TrafficHandle(1, 1))
      let buffer = Ticks(bytes: 100_000, rate: rate)
      try socket.route.execute([
        Qdisc.add(.htb(HTB(defaultClass: 1)), top, to: link),
        HTBClass.add(leaf, rate: rate, buffer: buffer, quantum: 1500, to: link),
        Qdisc.add(.bfifo(BFIFO(limit: 77_777)), TrafficHandle(2), under: leaf, to: link),
      ])
      let found = try socket.route.qdiscs(of: [(.root, link), (leaf, link)])
      #expect(found.map { $0?.kind } == [.htb(HTB(defaultClass: 1)), .bfifo(BFIFO(limit: 77_777))])
      let classes = try socket.route.htbClasses(of: link)
      #expect(classes.count == 1 && classes[0].handle == leaf && classes[0].rate == rate && classes[0].isStrict)
      #expect(classes.first?.buffer == buffer)
      try node.run("tc", "class", "change", "dev", "ifb1", "classid", "1:1", "htb", "rate", "8mbit", "ceil", "9mbit")
      #expect(try socket.route.htbClasses(of: link)[0].isStrict == false)
    }
  }

  private static func filters(_ link: Int32) -> [Filter] {
    let prefixes = ["10.0.0.0/8", "192.0.2.77/32", "172.16.0.0/12", "fd00::/8", "fd01:2:3::/65", "fd01::7/128"].map { cidr($0) }
    return prefixes.flatMap { prefix in
      let priority: UInt16 = prefix.family == .ipv4 ? 1 : 2
      return [
        Filter(priority: priority, match: .source(prefix), classID: TrafficHandle(1, 1)),
        Filter(priority: priority, match: .destination(prefix), classID: TrafficHandle(1, 1), redirect: link),
      ]
    } + [
      Filter(priority: 3, match: .family(.ipv4), classID: TrafficHandle(1)),
      Filter(priority: 4, match: .family(.ipv6), classID: TrafficHandle(1)),
      Filter(priority: 5, match: .everything, classID: TrafficHandle(1, 1), redirect: link),
    ]
  }

  private func comeBack(_ classifier: (Filter) -> Filter.Classifier) throws {
    try withLink { node, socket, link in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      let port = try #require(try socket.route.link(named: name("a")))
      let filters = Self.filters(link.index)
      try socket.route.execute(
        [Qdisc.add(.ingress, .ingressQdisc, under: .ingress, to: port)]
          + filters.map { $0.add(classifier($0), to: .ingressQdisc, of: port) })
      #expect(try socket.route.qdiscs(of: [(.ingress, port)])[0]?.kind == .ingress)
      let found = try socket.route.filters(of: .ingressQdisc, port)
      #expect(Set(found) == Set(filters) && found.count == filters.count)
      try socket.route.execute(Qdisc.delete(under: .ingress, of: port))
      #expect(try socket.route.filters(of: .ingressQdisc, port) == [])
    }
  }

  @Test func u32Filters() throws {
    guard try hasU32() else { return }
    try comeBack { _ in .u32 }
  }

  @Test(.needs(kernel: .flower)) func flowerFilters() throws { try comeBack(\.otherClassifier) }

  private func hasU32() throws -> Bool {
    try withLink { node, socket, link in
      try socket.route.execute(Qdisc.add(.ingress, .ingressQdisc, under: .ingress, to: link))
      let filter = Filter(priority: 1, match: .everything, classID: TrafficHandle(1, 1))
      return refusal { () throws(NetlinkError) in try socket.route.execute(filter.add(.u32, to: .ingressQdisc, of: link)) } == nil
    }
  }

  /// The kernel tells what it lacks, and nothing is made.
  @Test func questions() throws {
    try withNetworkNamespace { node in
      let before = try NamespaceDump(node)
      let socket = try node.socket()
      func errno(_ request: Request) -> Errno? { refusal { () throws(NetlinkError) in try socket.route.execute(request) }?.errno }
      #expect(errno(NewLink.probeOfIFB) == .addressNotAvailable)
      #expect(errno(Qdisc.probe(.tbf)) == .invalidArgument && errno(Qdisc.probe(.htb)) == .invalidArgument)
      #expect(errno(Mirred.probe) == .invalidArgument)
      let lo = try #require(try socket.route.link(index: 1))
      #expect(errno(Qdisc.add(.other("nonsense"), TrafficHandle(1), to: lo)) == .noSuchFileOrDirectory)
      #expect(errno(NewLink(name: name("x"), kind: .other("nonsense")).request) == .notSupportedOnSocket)
      #expect(before.difference(to: try NamespaceDump(node)) == [])
    }
  }
}
