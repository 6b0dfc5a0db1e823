import NetworkTypes
import TestSupport
import Testing

/// Pods of Braid behind Services, by rules of the kinds that kube-proxy makes: iptables, and nftables. Loaded before and after Braid's table.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .nftables), .needs(program: "iptables-restore"))
struct KubeProxyTests {
  enum Mode: String, CaseIterable, Sendable { case iptables, nftables }

  struct Ground: CustomTestStringConvertible, Sendable {
    let mode: Mode
    let isFirst: Bool
    let bridgeNetfilter: Bool

    var testDescription: String {
      "\(mode), \(isFirst ? "before" : "after") Braid, bridge-nf-call-iptables \(bridgeNetfilter ? 1 : 0)"
    }

    static let all = Mode.allCases.flatMap { mode in
      [(true, false), (true, true), (false, false), (false, true)].map {
        Ground(mode: mode, isFirst: $0.0, bridgeNetfilter: $0.1)
      }
    }
  }

  @Test(arguments: Ground.all) func services(_ ground: Ground) throws {
    let policy = ServiceLab.network("bridge", extra: "hairpinMode: true, ")
    let lab = try ServiceLab(policy, bridgeNetfilter: ground.bridgeNetfilter)
    if ground.isFirst { try load(ground.mode, lab) }
    // The first two are the backends: 10.61.0.2 and 10.61.0.3.
    let pods = [try lab.pod("a"), try lab.pod("b"), try lab.pod("caller", ports: [ServiceLab.port(8080, to: 81)])]
    #expect(pods[0].addresses[0].description == "10.61.0.2" && pods[1].addresses[0].description == "10.61.0.3")
    if !ground.isFirst { try load(ground.mode, lab) }
    let servers = try pods[..<2].map { try Traffic.Server(.tcp, .ipv4, port: 80, in: $0.namespace) }
    let (gateway, node) = (try IPAddress("10.61.0.1"), try IPAddress(ServiceLab.nodeAddresses[0]))

    // Pod to Service, both backends: the source stays where the bridge's netfilter sees the answer.
    try lab.outside.run("ip", "route", "add", "10.96.0.0/16", "via", ServiceLab.nodeAddresses[0])
    var answered: Set<Int> = []
    for _ in 0..<40 where answered.count < 2 {
      let answer = try Traffic.call(IPAddress("10.96.0.10"), port: 80, from: pods[2].namespace, answeredBy: servers)
      let (index, seen) = try #require(answer)
      #expect(seen == (ground.bridgeNetfilter ? pods[2].addresses[0] : gateway))
      answered.insert(index)
    }
    #expect(answered == [0, 1])

    // A Service whose only backend is the caller itself.
    let own = try Traffic.call(IPAddress("10.96.0.11"), port: 80, from: pods[0].namespace, answeredBy: servers)
    #expect(own?.index == 0 && own?.seen == gateway)

    // From outside and from the node, to the NodePort.
    for (from, address) in [(lab.outside, node), (lab.node, node)] {
      let answer = try Traffic.call(address, port: 30080, from: from, answeredBy: servers)
      #expect(answer?.seen == gateway, "NodePort")
    }
    // From outside to the Service's address, with the source that kube-proxy gives it.
    #expect(try Traffic.call(IPAddress("10.96.0.10"), port: 80, from: lab.outside, answeredBy: servers)?.seen == gateway)
    // From the node to the Service's address.
    try lab.node.run("ip", "route", "add", "10.96.0.0/16", "dev", "out0")
    #expect(try Traffic.call(IPAddress("10.96.0.10"), port: 80, from: lab.node, answeredBy: servers)?.seen == gateway)

    // Session affinity: a client stays with its backend.
    var sessions: Set<Int> = []
    for _ in 0..<8 {
      let answer = try Traffic.call(IPAddress("10.96.0.12"), port: 80, from: pods[2].namespace, answeredBy: servers)
      sessions.insert(try #require(answer).index)
    }
    #expect(sessions.count == 1)

    // Host ports work beside it, and a Service's NodePort wins over nobody's host port.
    let hostPort = try Traffic.Server(.tcp, .ipv4, port: 81, in: pods[2].namespace)
    #expect(
      try Traffic.call(node, port: 8080, from: lab.outside, answeredBy: hostPort) == IPAddress(ServiceLab.outsideAddresses[0]))

    // kube-proxy's own rules are as it made them.
    let before = try lab.node.run("nft", "-s", "list", "ruleset")
    for pod in pods { try lab.delete(pod) }
    let after = try lab.node.run("nft", "-s", "list", "ruleset")
    #expect(Self.ofOthers(before) == Self.ofOthers(after))
  }

  /// The ruleset without the table of Braid, and without the clients that an affinity remembers.
  private static func ofOthers(_ ruleset: String) -> [Substring] {
    var isOurs = false
    return ruleset.split(separator: "\n").filter { line in
      if line.hasPrefix("table ") { isOurs = line.hasPrefix("table inet braid") }
      return !isOurs && !line.contains("expires")
    }
  }

  private func load(_ mode: Mode, _ lab: ServiceLab) throws {
    try lab.lab.directory.write("rules", mode == .iptables ? Self.iptables : Self.nftables)
    switch mode {
    case .iptables:
      // The node has the alternative that works with nf_tables.
      try lab.node.run("iptables-nft-restore", "--noflush", lab.lab.directory["rules"])
    case .nftables: try lab.node.run("nft", "-f", lab.lab.directory["rules"])
    }
  }

  /// Services 10.96.0.10 (a, b; node port 30080), 10.96.0.11 (a only), 10.96.0.12 (a, b; affinity to a once chosen).
  private static let iptables = """
    *nat
    :KUBE-SERVICES - [0:0]
    :KUBE-NODEPORTS - [0:0]
    :KUBE-POSTROUTING - [0:0]
    :KUBE-MARK-MASQ - [0:0]
    :KUBE-SVC-TWO - [0:0]
    :KUBE-SVC-OWN - [0:0]
    :KUBE-SVC-STICKY - [0:0]
    :KUBE-EXT-TWO - [0:0]
    :KUBE-SEP-A - [0:0]
    :KUBE-SEP-B - [0:0]
    :KUBE-SEP-STICKY-A - [0:0]
    -I PREROUTING -m comment --comment "services" -j KUBE-SERVICES
    -I OUTPUT -m comment --comment "services" -j KUBE-SERVICES
    -I POSTROUTING -m comment --comment "postrouting" -j KUBE-POSTROUTING
    -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    -A KUBE-POSTROUTING -j MASQUERADE --random-fully
    -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-TWO
    -A KUBE-SERVICES -d 10.96.0.11/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-OWN
    -A KUBE-SERVICES -d 10.96.0.12/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-STICKY
    -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
    -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-TWO
    -A KUBE-EXT-TWO -j KUBE-MARK-MASQ
    -A KUBE-EXT-TWO -j KUBE-SVC-TWO
    -A KUBE-SVC-TWO ! -s 10.61.0.0/24 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
    -A KUBE-SVC-TWO -m statistic --mode random --probability 0.5 -j KUBE-SEP-A
    -A KUBE-SVC-TWO -j KUBE-SEP-B
    -A KUBE-SVC-OWN -j KUBE-SEP-A
    -A KUBE-SVC-STICKY -m recent --name KUBE-SEP-STICKY-A --rcheck --seconds 10800 --reap --rsource -j KUBE-SEP-STICKY-A
    -A KUBE-SVC-STICKY -j KUBE-SEP-STICKY-A
    -A KUBE-SEP-A -s 10.61.0.2/32 -j KUBE-MARK-MASQ
    -A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.61.0.2:80
    -A KUBE-SEP-B -s 10.61.0.3/32 -j KUBE-MARK-MASQ
    -A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.61.0.3:80
    -A KUBE-SEP-STICKY-A -p tcp -m recent --name KUBE-SEP-STICKY-A --set --rsource -m tcp -j DNAT --to-destination 10.61.0.2:80
    COMMIT

    """

  /// The same Services in a table of the names and priorities that kube-proxy uses.
  private static let nftables = """
    table ip kube-proxy {
      set affinity-b { type ipv4_addr; flags dynamic,timeout; timeout 3h; }
      map service-ips {
        type ipv4_addr . inet_proto . inet_service : verdict
        elements = { 10.96.0.10 . tcp . 80 : goto service-two, 10.96.0.11 . tcp . 80 : goto endpoint-a, 10.96.0.12 . tcp . 80 : goto service-sticky }
      }
      map service-nodeports { type inet_proto . inet_service : verdict; elements = { tcp . 30080 : goto external-two } }
      chain mark-for-masquerade { meta mark set meta mark or 0x4000; }
      chain endpoint-a { ip saddr 10.61.0.2 jump mark-for-masquerade; meta l4proto tcp dnat to 10.61.0.2:80; }
      chain endpoint-b { ip saddr 10.61.0.3 jump mark-for-masquerade; meta l4proto tcp dnat to 10.61.0.3:80; }
      chain endpoint-sticky { update @affinity-b { ip saddr }; meta l4proto tcp dnat to 10.61.0.3:80; }
      chain service-sticky { ip saddr @affinity-b goto endpoint-sticky; goto endpoint-sticky; }
      chain service-two {
        ip daddr 10.96.0.10 ip saddr != 10.61.0.0/24 jump mark-for-masquerade
        numgen random mod 2 vmap { 0 : goto endpoint-a, 1 : goto endpoint-b }
      }
      chain external-two { jump mark-for-masquerade; goto service-two; }
      chain services {
        ip daddr . meta l4proto . th dport vmap @service-ips
        fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports
      }
      chain masquerading { meta mark & 0x4000 == 0 return; meta mark set meta mark xor 0x4000; masquerade fully-random; }
      chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
      chain nat-output { type nat hook output priority -100; jump services; }
      chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }
    }

    """
}
