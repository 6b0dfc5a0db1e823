import CNI
import Diagnostics
import NetworkTypes
import Policy
import Testing

/// What an entry of `requests` allows and what it does not.
@Suite struct GrantTests {
  /// The networks of every kind of address source, and one rule. `ENTRY` are the keys of the only entry of `requests`.
  private static let text = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/24}}]}
      pool: {chain: [{type: macvlan, master: eth1, ipam: {type: host-local, ranges: [[{subnet: 10.2.0.0/24, gateway: 10.2.0.9}], [{subnet: "fd02::/64"}]]}}]}
      fixed: {chain: [{type: bridge, bridge: br1, isGateway: true, ipam: {type: static, addresses: [{address: 10.3.0.7/24}, {address: "fd03::7/64"}]}}]}
      free: {chain: [{type: macvlan, master: eth2, ipam: {type: static}}]}
      own: {chain: [{type: own, capabilities: {ips: true, mac: true, deviceID: true, infinibandGUID: true, bandwidth: true, portMappings: true}}]}
      closed: {chain: [{type: bridge, bridge: br2, capabilities: {ips: false, mac: false}, ipam: {type: host-local, subnet: 10.4.0.0/24}}]}
    rules: [{name: everyone, attach: [{network: pods}]}]
    requests: [{namespaces: ["*"], networks: [pool, fixed, free, own, closed]ENTRY}]
    """

  /// What a Pod may not do; nil if it gets its networks.
  private func refusal(_ entry: String, _ request: String, _ annotation: RequestAnnotation = .networks) throws -> String? {
    var findings = Findings()
    let text = Self.text.replacing("ENTRY", with: entry.isEmpty ? "" : ", \(entry)")
    let policy = try #require(Policy.read([SourceFile(path: "p.yaml", text: text)], checks: .errors, &findings), "\(findings)")
    let pod = Pod(namespace: "web", name: "p", annotations: [annotation.rawValue: request])
    do {
      _ = try policy.select(pod, interface: InterfaceName("eth0"))
      return nil
    } catch {
      let text = "\(error)"
      guard case SelectionError.refused(_, _, _, let refusal, by: let span) = error else { return text }
      #expect(text.contains("may not \(refusal.text) (requests at p.yaml:") && span.position != nil, "\(text)")
      return refusal.text + (refusal.line.map { " <- \($0)" } ?? "")
    }
  }

  @Test(
    arguments: [
      // Without further keys: names, and addresses of the network's own subnets.
      ("", "pool@data0, pool, free", nil),
      ("", #"[{"name":"pool","ips":["10.2.0.5","fd02::5/64"],"mac":"02:00:00:00:00:05"}]"#, nil),
      ("", #"[{"name":"fixed","ips":["10.3.0.8/24"]}]"#, nil),
      (
        "", #"[{"name":"pool","ips":["10.9.0.5"]}]"#,
        "ask for the address 10.9.0.5, which is not in 10.2.0.0/24, fd02::/64 <- ips: [10.9.0.5/32]"
      ),
      (
        "", #"[{"name":"fixed","ips":["128.0.0.5/1"]}]"#,
        "ask for the address 128.0.0.5/1, which is not in 10.3.0.0/24, fd03::/64 <- ips: [128.0.0.0/1]"
      ),
      (
        "", #"[{"name":"fixed","ips":["10.3.0.8/1"]}]"#,
        "ask for the address 10.3.0.8/1, whose prefix is shorter than that of 10.3.0.0/24"
      ),
      (
        "", #"[{"name":"fixed","ips":["10.3.0.8/25"]}]"#,
        "ask for the address 10.3.0.8/25, because the node has the gateways of this network only for 10.3.0.0/24, fd03::/64"
      ),
      ("", #"[{"name":"fixed","ips":["10.3.0.1/24"]}]"#, "have the address 10.3.0.1, which is the gateway's"),
      ("", #"[{"name":"fixed","ips":["fd03::1/64"]}]"#, "have the address fd03::1, which is the gateway's"),
      ("", #"[{"name":"pool","ips":["10.2.0.9"]}]"#, "have the address 10.2.0.9, which is the gateway's"),
      (
        "", #"[{"name":"fixed","ips":["10.3.0.0/24"]}]"#,
        "have the address 10.3.0.0, which stands for the subnet 10.3.0.0/24 itself"
      ),
      (
        "", #"[{"name":"fixed","ips":["10.3.0.255/24"]}]"#,
        "have the address 10.3.0.255, which is the broadcast address of 10.3.0.0/24"
      ),
      ("", #"[{"name":"fixed","ips":["fd03::/64"]}]"#, "have the address fd03::, which stands for the subnet fd03::/64 itself"),
      (
        "", #"[{"name":"free","ips":["10.9.0.5/24"]}]"#,
        "ask for the address 10.9.0.5/24, because the network names no subnet <- ips: [10.9.0.0/24]"
      ),
      (
        "", #"[{"name":"own","ips":["fd09::5/64"]}]"#,
        "ask for the address fd09::5/64, because the network names no subnet <- ips: [\"fd09::/64\"]"
      ),
      ("", #"[{"name":"pool","default-route":["10.2.0.9"]}]"#, "take over the IPv4 default route <- defaultRoute: ipv4"),
      ("", #"[{"name":"own","deviceID":"0000:00:1f.6"}]"#, "choose a device <- deviceID: true"),
      ("", #"[{"name":"own","infiniband-guid":"c2:11:22:33:44:55:66:77"}]"#, "set the InfiniBand GUID <- infinibandGUID: true"),
      (
        "", #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":80}]}]"#,
        "map the node's port 80 <- portMappings: {hostPorts: [80]}"
      ),
      ("", #"[{"name":"own","bandwidth":{"ingressRate":5}}]"#, "set ingressRate (5) <- bandwidth: {ingressRate: 5}"),
      ("", #"[{"name":"pool","cni-args":{"debug":true}}]"#, #"pass "debug" in cni-args <- cniArgs: ["debug"]"#),
      ("", #"[{"name":"pool","cni-args":{"ips":["10.2.0.5"]}}]"#, #"pass "ips" in cni-args <- cniArgs: ["ips"]"#),
      // The names of the policy's keys.
      ("ips: false", #"[{"name":"pool","ips":["10.2.0.5"]}]"#, "ask for an address <- ips: true"),
      ("mac: false", #"[{"name":"pool","mac":"02:00:00:00:00:05"}]"#, "set the hardware address <- mac: true"),
      ("ips: [10.9.0.0/16]", #"[{"name":"free","ips":["10.9.0.5/24"]}]"#, nil),
      ("ips: [10.9.0.0/16]", #"[{"name":"own","ips":["10.9.0.5/24"]}]"#, nil),
      (
        "ips: [10.9.0.0/16]", #"[{"name":"free","ips":["10.9.0.5/8"]}]"#,
        "ask for the address 10.9.0.5/8, whose prefix is shorter than that of 10.9.0.0/16"
      ),
      (
        "ips: [10.9.0.0/16]", #"[{"name":"free","ips":["10.9.255.255/24"]}]"#,
        "have the address 10.9.255.255, which is the broadcast address of 10.9.0.0/16"
      ),
      (
        "ips: [10.9.0.0/16]", #"[{"name":"free","ips":["10.9.3.255/24"]}]"#,
        "have the address 10.9.3.255, which is the broadcast address of 10.9.3.0/24"
      ),
      (
        "ips: [10.9.0.0/16]", #"[{"name":"fixed","ips":["10.9.0.5/16"]}]"#,
        "ask for the address 10.9.0.5/16, because the node has the gateways of this network only for 10.3.0.0/24, fd03::/64"
      ),
      (
        "ips: [10.2.0.0/25]", #"[{"name":"pool","ips":["10.2.0.200"]}]"#,
        "ask for the address 10.2.0.200, which is not in 10.2.0.0/25 <- ips: [10.2.0.200/32]"
      ),
      ("defaultRoute: ipv4", #"[{"name":"pool","default-route":["10.2.0.9"]}]"#, nil),
      ("defaultRoute: ipv4", #"[{"name":"pool","default-route":[]}]"#, "take over the IPv6 default route <- defaultRoute: ipv6"),
      ("defaultRoute: true", #"[{"name":"pool","default-route":[]}]"#, nil),
      ("deviceID: true", #"[{"name":"own","deviceID":"0000:00:1f.6"}]"#, nil),
      ("infinibandGUID: true", #"[{"name":"own","infiniband-guid":"c2:11:22:33:44:55:66:77"}]"#, nil),
      ("interfaces: [\"data*\"]", "pool@data0, free", nil),
      ("interfaces: [\"data*\"]", "pool@x0", #"name an interface "x0" <- interfaces: ["x0"]"#),
      ("maxNetworks: 2", "pool, free", nil),
      ("maxNetworks: 2", "pool, free, pool", "ask for more than 2 of these networks <- maxNetworks: 3"),
      (
        "portMappings: {hostPorts: [80, 8000-8999]}",
        #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":1},{"hostPort":8999,"containerPort":2,"hostIP":"192.0.2.1"}]}]"#,
        nil
      ),
      (
        "portMappings: {hostPorts: [80, 8000-8999]}", #"[{"name":"own","portMappings":[{"hostPort":9000,"containerPort":1}]}]"#,
        "map the node's port 9000 <- portMappings: {hostPorts: [9000]}"
      ),
      (
        "portMappings: {hostPorts: [80], hostIPs: [192.0.2.0/24]}",
        #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":1,"hostIP":"192.0.2.9"}]}]"#, nil
      ),
      (
        "portMappings: {hostPorts: [80], hostIPs: [192.0.2.0/24]}",
        #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":1}]}]"#,
        "map the node's port 80 of all addresses, only of 192.0.2.0/24"
      ),
      (
        "portMappings: {hostPorts: [80], hostIPs: [192.0.2.0/24]}",
        #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":1,"hostIP":"198.51.100.1"}]}]"#,
        "map the node's port 80 of 198.51.100.1, only of 192.0.2.0/24 <- portMappings: {…, hostIPs: [198.51.100.1/32]}"
      ),
      (
        "bandwidth: {ingressRate: 100, ingressBurst: 10}", #"[{"name":"own","bandwidth":{"ingressRate":100,"ingressBurst":10}}]"#,
        nil
      ),
      (
        "bandwidth: {ingressRate: 100}", #"[{"name":"own","bandwidth":{"ingressRate":101}}]"#,
        "set ingressRate to 101, only to 100 or less <- bandwidth: {ingressRate: 101}"
      ),
      (
        "bandwidth: {ingressRate: 100}", #"[{"name":"own","bandwidth":{"ingressRate":0}}]"#,
        "lift ingressRate, only set it to 100 or less <- bandwidth: {ingressRate: 0}"
      ),
      (
        "bandwidth: {ingressRate: 100}", #"[{"name":"own","bandwidth":{"egressRate":1}}]"#,
        "set egressRate (1) <- bandwidth: {egressRate: 1}"
      ),
      ("bandwidth: {ingressRate: 0}", #"[{"name":"own","bandwidth":{"ingressRate":1000000000000}}]"#, nil),
      // cni-args is no second door.
      ("cniArgs: [debug]", #"[{"name":"pool","cni-args":{"debug":true}}]"#, nil),
      (
        "cniArgs: [debug]", #"[{"name":"pool","cni-args":{"debug":true,"more":1}}]"#,
        #"pass "more" in cni-args <- cniArgs: ["more"]"#
      ),
      ("cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{"ips":["10.2.0.5"]}}]"#, nil),
      (
        "cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{"ips":["10.9.0.5"]}}]"#,
        "ask for the address 10.9.0.5, which is not in 10.2.0.0/24, fd02::/64 <- ips: [10.9.0.5/32]"
      ),
      (
        "cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{"IPS":["10.9.0.5"]}}]"#,
        "ask for the address 10.9.0.5, which is not in 10.2.0.0/24, fd02::/64 <- ips: [10.9.0.5/32]"
      ),
      (
        "cniArgs: [\"*\"]", "[{\"name\":\"pool\",\"cni-args\":{\"ip\u{17f}\":[\"10.9.0.5\"]}}]",
        "ask for the address 10.9.0.5, which is not in 10.2.0.0/24, fd02::/64 <- ips: [10.9.0.5/32]"
      ),
      (
        "cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{"ips":"10.2.0.5"}}]"#,
        #"pass this value of "ips" in cni-args: write ips beside cni-args"#
      ),
      ("cniArgs: [\"*\"], ips: false", #"[{"name":"pool","cni-args":{"ips":["10.2.0.5"]}}]"#, "ask for an address <- ips: true"),
      (
        "cniArgs: [\"*\"], mac: false", #"[{"name":"pool","cni-args":{"MAC":"02:00:00:00:00:05"}}]"#,
        "set the hardware address <- mac: true"
      ),
      (
        "cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{"Sysctl":{}}}]"#,
        #"pass "Sysctl" in cni-args: sysctls are not a Pod's to set"#
      ),
      (
        "cniArgs: [sysctl]", "[{\"name\":\"pool\",\"cni-args\":{\"\u{17f}ysctl\":{}}}]",
        "pass \"\u{17f}ysctl\" in cni-args: sysctls are not a Pod's to set"
      ),
      // What the network keeps away stays away.
      (
        "cniArgs: [\"*\"]", #"[{"name":"closed","cni-args":{"ips":["10.4.0.5"]}}]"#,
        "k8s.v1.cni.cncf.io/networks: no plugin of the network \"closed\" accepts ips: its ipam must be host-local or static, or a plugin of its "
          + "chain must declare capabilities: {ips: true}"
      ),
      (
        "cniArgs: [\"*\"]", #"[{"name":"closed","cni-args":{"Mac":"02:00:00:00:00:05"}}]"#,
        "k8s.v1.cni.cncf.io/networks: no plugin of the network \"closed\" accepts mac: bridge, macvlan and tuning accept it; another plugin must "
          + "declare capabilities: {mac: true}"
      ),
    ] as [(String, String, String?)])
  func allows(_ entry: String, _ request: String, _ expected: String?) throws {
    #expect(try refusal(entry, request) == expected)
  }

  @Test func theDefaultNetwork() throws {
    #expect(try refusal("", "pool", .defaultNetwork) == "replace its first network <- defaultNetwork: true")
    #expect(try refusal("defaultNetwork: true", "pool", .defaultNetwork) == nil)
    #expect(
      try refusal("defaultNetwork: true", #"[{"name":"pool","default-route":[]}]"#, .defaultNetwork)
        == "take over the IPv4 default route <- defaultRoute: ipv4")
  }

  /// Each request needs one entry that allows all of it. The error is about the first.
  @Test func entries() throws {
    let mac = #"[{"name":"pool","mac":"02:00:00:00:00:05","interface":"x0"}]"#
    let second = "mac: false}, {namespaces: [web], networks: [pool], interfaces: [\"x*\"]"
    #expect(try refusal(second, mac) == nil)
    #expect(try refusal(second.replacing("x*", with: "y*"), mac) == "set the hardware address <- mac: true")
    #expect(try refusal(second.replacing("[web]", with: "[lab]"), mac) == "set the hardware address <- mac: true")
    // Each entry counts its own.
    #expect(try refusal("maxNetworks: 1}, {namespaces: [web], networks: [pool], maxNetworks: 1", "pool, pool") == nil)
    #expect(
      try refusal("maxNetworks: 1}, {namespaces: [web], networks: [pool], maxNetworks: 1", "pool, pool, pool")
        == "ask for more than 1 of these networks <- maxNetworks: 2")
  }

  /// IPv4 in the form of IPv6 would be judged as the one and read as the other.
  @Test func mappedAddresses() throws {
    let key = "k8s.v1.cni.cncf.io/networks: network 1 of the annotation: "
    #expect(
      try refusal("ips: [\"::/0\"]", #"[{"name":"free","ips":["::ffff:10.3.0.1/128"]}]"#)
        == key + "ips: ::ffff:10.3.0.1 is an IPv4 address in the form of IPv6: write it as IPv4")
    let ports = #"[{"name":"own","portMappings":[{"hostPort":80,"containerPort":80,"hostIP":"::ffff:192.0.2.1"}]}]"#
    #expect(
      try refusal("portMappings: {hostPorts: [80], hostIPs: [\"::/0\"]}", ports)
        == key + "portMappings: ::ffff:192.0.2.1 is an IPv4 address in the form of IPv6: write it as IPv4")
    #expect(
      try refusal("ips: [\"::/0\"], cniArgs: [ips]", #"[{"name":"free","cni-args":{"ips":["::ffff:10.3.0.1/128"]}}]"#)
        == #"pass this value of "ips" in cni-args: write ips beside cni-args"#)
  }

  @Test func bounds() throws {
    let ips = (1...17).map { "\"10.2.0.\($0)\"" }.joined(separator: ",")
    #expect(
      try refusal("", #"[{"name":"pool","ips":[\#(ips)]}]"#)
        == "k8s.v1.cni.cncf.io/networks: network 1 of the annotation: ips: there are more than 16 addresses")
    let arguments = (1...65).map { "\"k\($0)\":1" }.joined(separator: ",")
    #expect(
      try refusal("cniArgs: [\"*\"]", #"[{"name":"pool","cni-args":{\#(arguments)}}]"#)
        == "k8s.v1.cni.cncf.io/networks: network 1 of the annotation: cni-args: there are more than 64 keys")
    let ports = (1...257).map { #"{"hostPort":\#($0),"containerPort":1}"# }.joined(separator: ",")
    #expect(
      try refusal("", #"[{"name":"own","portMappings":[\#(ports)]}]"#)
        == "k8s.v1.cni.cncf.io/networks: network 1 of the annotation: portMappings: there are more than 256 ports")
  }
}
