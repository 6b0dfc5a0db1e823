import JSON
import Netlink
import NetworkTypes
import System
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip")) struct LinkKernelTests {
  @Test(.needs(kernel: .bridge)) func oneMessageMakesAWholeAttachment() throws {
    try withNodeAndContainer { node, container in
      let host = try node.socket()
      try host.route.add(NewLink(name: name("br0"), kind: .bridge(Bridge()), isUp: true))
      let bridge = try #require(try host.route.link(named: name("br0")))
      try withDescriptor(container) { descriptor in
        let peer = NewLink.Peer(
          name: name("eth0"), mac: mac("02:00:00:00:00:02"), mtu: try MTU(1400), group: 9, namespace: descriptor)
        try host.route.add(
          NewLink(
            name: name("v0"), kind: .veth(peer: peer), mac: mac("02:00:00:00:00:01"), mtu: try MTU(1400), group: 7,
            master: bridge.index, isUp: true))
      }
      let port = try node.link("v0")
      #expect(port["master"] == "br0" && port["mtu"] == 1400 && port["address"] == "02:00:00:00:00:01" && port["group"] == "7")
      #expect(port["flags"]?.array?.contains("UP") == true)
      let eth0 = try container.link("eth0")
      #expect(eth0["address"] == "02:00:00:00:00:02" && eth0["mtu"] == 1400 && eth0["group"] == "9")
      // Since 6.9, a query for a link makes the kernel first finish the pending work of a change of its carrier. Then the port forwards.
      let inside = try container.socket()
      try inside.route.change(#require(try inside.route.link(named: name("eth0"))), LinkChange(isUp: true))
      let ours = try #require(try host.route.link(named: name("v0")))
      #expect(ours.port?.isForwarding == true && ours.master == bridge.index)
      let theirs = try #require(try inside.route.link(named: name("eth0")))
      #expect(ours.parent == theirs.index && theirs.parent == ours.index && theirs.parentNamespace != nil)
    }
  }

  @Test(.needs(kernel: .macvlan)) func macvlanIsBornElsewhere() throws {
    try withNodeAndContainer { node, container in
      try node.run("ip", "link", "add", "name", "nic", "type", "veth", "peer", "name", "lan")
      let host = try node.socket()
      let parent = try #require(try host.route.link(named: name("nic")))
      try withDescriptor(container) { descriptor in
        try host.route.add(
          NewLink(
            name: name("net1"), kind: .macvlan(Macvlan(mode: .private, broadcastQueueLength: 77), parent: parent.index),
            mac: mac("02:00:00:00:00:03"), mtu: try MTU(1300), isUp: false, namespace: descriptor))
      }
      let link = try container.link("net1")
      let data = link["linkinfo"]?.object?["info_data"]?.object
      #expect(data?["mode"] == "private" && data?["bcqueuelen"] == 77 && link["mtu"] == 1300)
      let ours = try #require(try container.socket().route.link(named: name("net1")))
      #expect(ours.kind == .macvlan(Macvlan(mode: .private, broadcastQueueLength: 77)) && ours.parent == parent.index)
    }
  }

  @Test func changesAreMade() throws {
    try withNodeAndContainer { node, container in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      let socket = try node.socket()
      let link = try #require(try socket.route.link(named: name("a")))
      try socket.route.change(
        link,
        LinkChange(
          isUp: true, isPromiscuous: true, mac: mac("02:00:00:00:00:0a"), mtu: try MTU(1280), alias: "first", group: 5))
      var seen = try node.link("a")
      #expect(seen["mtu"] == 1280 && seen["address"] == "02:00:00:00:00:0a" && seen["ifalias"] == "first")
      #expect(seen["promiscuity"] == 1 && seen["group"] == "5" && seen["flags"]?.array?.contains("UP") == true)
      try socket.route.change(link, LinkChange(receivesAllMulticast: true, queueLength: 7))
      let changed = try #require(try socket.route.link(named: name("a")))
      #expect(changed.receivesAllMulticast && changed.queueLength == 7 && !link.receivesAllMulticast && link.queueLength == 1000)
      try socket.route.change(link, LinkChange(isUp: false, isPromiscuous: false))
      try socket.route.change(link, LinkChange(name: name("c")))
      seen = try node.link("c")
      #expect(seen["promiscuity"] == 0 && seen["flags"]?.array?.contains("UP") == false)
      try withDescriptor(container) { try socket.route.change(link, LinkChange(namespace: $0)) }
      #expect(try socket.route.link(named: name("c")) == nil)
      #expect(try container.link("c")["ifname"] == "c")
    }
  }

  @Test func linksAreFoundByAlternativeNameAndIndex() throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      try node.run("ip", "link", "property", "add", "dev", "a", "altname", "other")
      let socket = try node.socket()
      let link = try #require(try socket.route.link(named: name("other")))
      #expect(link.name == "a" && link.alternativeNames == ["other"])
      #expect(try socket.route.link(index: link.index)?.name == "a")
      #expect(try socket.route.link(named: name("none")) == nil)
      #expect(try socket.route.link(index: 4711) == nil)
    }
  }

  @Test func groupGoesInOneRequest() throws {
    try withNodeAndContainer { node, container in
      let socket = try node.socket()
      try withDescriptor(container) { descriptor in
        try socket.route.execute(
          (0..<4).map {
            NewLink(
              name: name("v\($0)"), kind: .veth(peer: .init(name: name("net\($0)"), group: 4242, namespace: descriptor))
            ).request
          })
      }
      let inside = try container.socket()
      #expect(try inside.route.links(group: 4242).map(\.name).sorted() == ["net0", "net1", "net2", "net3"])
      #expect(try inside.route.deleteLinks(group: 4242))
      #expect(try inside.route.links().map(\.name) == ["lo"])
      #expect(try socket.route.links().map(\.name) == ["lo"])
      #expect(try inside.route.deleteLinks(group: 4242) == false)
    }
  }

  /// Links are deleted through a group of their own: others of their group stay, and one that cannot be deleted is no obstacle.
  @Test func chosenLinksGoInOneRequest() throws {
    try withNetworkNamespace { node in
      for number in 0..<4 { try node.run("ip", "link", "add", "b\(number)", "group", "9", "type", "bridge") }
      try node.run("ip", "link", "set", "lo", "group", "9")
      let socket = try node.socket()
      let chosen = try socket.route.links(group: 9).filter { ["b1", "b2"].contains($0.name) }
      try socket.route.deleteLinks(chosen, throughGroup: 77)
      #expect(try socket.route.links().map(\.name).sorted() == ["b0", "b3", "lo"])
    }
  }

  /// A macvlan is found and deleted in a namespace to which somebody has moved it.
  @Test(.needs(kernel: .macvlan)) func macvlansOfAnotherNamespace() throws {
    try withNodeAndContainer { node, container in
      try withNetworkNamespace { third in
        try node.run("ip", "link", "add", "m0", "type", "veth", "peer", "name", "m1")
        try node.run("ip", "link", "add", "link", "m0", "name", "mv", "netns", container.name, "type", "macvlan")
        let socket = try container.socket()
        let before = try #require(try socket.route.link(named: name("mv")))
        try container.run("ip", "link", "set", "mv", "netns", third.name)
        var found: [(NamespaceNumber, Link)] = []
        for namespace in try socket.route.namespaces() {
          for link in try socket.route.macvlans(in: namespace) { found.append((namespace, link)) }
        }
        #expect(found.map(\.1.name) == ["mv"])
        let (namespace, link) = try #require(found.first)
        #expect(link.parent == before.parent && link.parentNamespace == before.parentNamespace && link.mac == before.mac)
        #expect(try socket.route.delete(link, in: namespace))
        #expect(try third.socket().route.links().map(\.name) == ["lo"])
        #expect(try socket.route.delete(link, in: namespace) == false)
      }
    }
  }

  @Test func errorsNameTheRequestThatFailed() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      func pair(_ a: String, _ b: String) -> Request {
        NewLink(name: name(a), kind: .veth(peer: .init(name: name(b)))).request
      }
      // The second request conflicts with the first. The third one is carried out nevertheless.
      let error = refusal { () throws(NetlinkError) in
        try socket.route.execute([pair("a", "b"), pair("a", "c"), pair("d", "e"), pair("d", "f")])
      }
      #expect(error == .refused(.addLink, object: "a (veth, peer c)", .fileExists, kernel: ""))
      #expect(error?.description == "add link a (veth, peer c): File exists")
      #expect(try socket.route.links().map(\.name).sorted() == ["a", "b", "d", "e", "lo"])
    }
  }

  @Test(.needs(kernel: .bridge), .needs(kernel: .macvlan)) func kernelsWordsAreInTheError() throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "name", "a", "mtu", "1400", "type", "veth", "peer", "name", "b")
      try node.run("ip", "link", "add", "name", "m", "link", "a", "type", "macvlan")
      let socket = try node.socket()
      let link = try #require(try socket.route.link(named: name("m")))
      let error = refusal { () throws(NetlinkError) in try socket.route.change(link, LinkChange(mac: mac("01:00:00:00:00:00"))) }
      #expect(error?.errno == .addressNotAvailable)
      try node.run("ip", "link", "add", "name", "br0", "type", "bridge")
      try node.run("ip", "link", "add", "name", "br1", "type", "bridge")
      let (br0, br1) = (try socket.route.link(named: name("br0")), try socket.route.link(named: name("br1")))
      let loop = refusal { () throws(NetlinkError) in try socket.route.change(br0!, LinkChange(master: br1!.index)) }
      #expect(
        loop?.description
          == "set link br0: Too many levels of symbolic links (kernel: Can not enslave a bridge to a bridge)")
    }
  }

  @Test func changesAndQueriesGoTogether() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      let answers = try socket.route.transact([
        Link.query(name("a")), NewLink(name: name("a"), kind: .veth(peer: .init(name: name("b")))).request,
        Link.query(name("a")), Link.query(name("b")), Link.query(index: 4711),
      ])
      #expect(try answers.map { try $0.flatMap { try Link($0) }?.name } == [nil, nil, "a", "b", nil])
    }
  }

  @Test func longBatchesAreCut() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      let link = try #require(try socket.route.link(named: name("a")))
      let addresses = (1...500).map { CIDR(host: IPAddress(family: .ipv4, value: 0x0a00_0000 + UInt128($0))) }
      try socket.route.execute(addresses.map { Address.add($0, to: link) })
      #expect(try socket.route.addresses(of: link).count == 500)
      let error = refusal { () throws(NetlinkError) in
        try socket.route.execute(addresses.reversed().map { Address.add($0, to: link) })
      }
      #expect(error?.description.hasPrefix("add address 10.0.1.244/32 dev a: File exists") == true)
    }
  }

  @Test func alternativeNamesComeAndGo() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      try node.run("ip", "link", "add", "name", "br0", "type", "bridge")
      let link = try #require(try socket.route.link(named: name("br0")))
      try socket.route.execute(AlternativeName.add("a-name-of-more-than-fifteen-bytes", to: link))
      #expect(try socket.route.link(named: name("br0"))?.alternativeNames == ["a-name-of-more-than-fifteen-bytes"])
      try socket.route.execute(AlternativeName.delete("a-name-of-more-than-fifteen-bytes", from: link))
      #expect(try socket.route.link(named: name("br0"))?.alternativeNames == [])
    }
  }

  @Test func manyLinksAreListed() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      try socket.route.execute(
        (0..<150).map { NewLink(name: name("a\($0)"), kind: .veth(peer: .init(name: name("b\($0)")))).request })
      #expect(try socket.route.links().count == 301)
    }
  }

  @Test func requestTooLongIsRefusedHere() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      let request = LinkChange(alias: String(repeating: "x", count: 70_000)).request(1, label: "lo")
      #expect(refusal { () throws(NetlinkError) in try socket.route.execute(request) } == .tooLong(.setLink, object: "lo"))
      #expect(try socket.route.link(named: name("lo"))?.index == 1)
    }
  }
}
