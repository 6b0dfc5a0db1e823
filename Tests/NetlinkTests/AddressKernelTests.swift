import JSON
import Netlink
import NetworkTypes
import System
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip")) struct AddressKernelTests {
  /// A namespace with a veth pair, both ends up.
  private func withPair(_ body: (ScratchNamespace, NamespaceSocket, Link) throws -> Void) throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
      try node.run("ip", "link", "set", "dev", "a", "up")
      try node.run("ip", "link", "set", "dev", "b", "up")
      let socket = try node.socket()
      try body(node, socket, #require(try socket.route.link(named: name("a"))))
    }
  }

  @Test func addressesOfBothFamilies() throws {
    try withPair { node, socket, link in
      try socket.route.execute([
        Address.add(cidr("10.1.2.3/24"), to: link), Address.add(cidr("10.9.9.9/31"), to: link),
        Address.add(cidr("fd00::1/64"), to: link),
      ])
      let seen = try node.addresses("a")
      let v4 = try #require(seen.first { $0["local"] == "10.1.2.3" })
      #expect(v4["prefixlen"] == 24 && v4["broadcast"] == "10.1.2.255" && v4["scope"] == "global")
      #expect(try #require(seen.first { $0["local"] == "10.9.9.9" })["broadcast"] == nil)
      let v6 = try #require(seen.first { $0["local"] == "fd00::1" })
      #expect(v6["nodad"] == true && v6["tentative"] == nil)
      let ours = try socket.route.addresses(of: link)
      #expect(Set(ours.map(\.cidr)).isSuperset(of: [cidr("10.1.2.3/24"), cidr("10.9.9.9/31"), cidr("fd00::1/64")]))
      #expect(ours.first { $0.cidr == cidr("fd00::1/64") }?.isTentative == false)
    }
  }

  @Test func duplicatesAreLookedForOnRequest() throws {
    try withPair { node, socket, link in
      try socket.route.execute(Address.add(cidr("fd00::1/64"), to: link, detectsDuplicates: true))
      let v6 = try #require(try node.addresses("a").first { $0["local"] == "fd00::1" })
      #expect(v6["nodad"] == nil)
    }
  }

  @Test func optionsReachTheKernel() throws {
    try withPair { node, socket, link in
      var options = Address.Options()
      (options.label, options.scope, options.broadcasts) = ("a:web", 253, false)
      try socket.route.execute(Address.add(cidr("10.1.2.3/24"), to: link, options))
      let seen = try #require(try node.addresses("a").first { $0["local"] == "10.1.2.3" })
      #expect(seen["label"] == "a:web" && seen["scope"] == "link" && seen["broadcast"] == nil)
      let ours = try #require(try socket.route.addresses(of: link).first { $0.cidr.family == .ipv4 })
      #expect(ours.label == "a:web" && ours.scope == 253 && ours.broadcast == nil)
    }
  }

  @Test func addingTwiceAndDeletingTwiceFail() throws {
    try withPair { _, socket, link in
      for address in [cidr("10.1.2.3/24"), cidr("fd00::1/64")] {
        try socket.route.execute(Address.add(address, to: link))
        let twice = refusal { () throws(NetlinkError) in try socket.route.execute(Address.add(address, to: link)) }
        #expect(twice?.errno == .fileExists && twice?.description.hasPrefix("add address \(address) dev a: ") == true)
        try socket.route.execute(Address.replace(address, on: link))
        try socket.route.execute(Address.delete(address, from: link))
        let gone = refusal { () throws(NetlinkError) in try socket.route.execute(Address.delete(address, from: link)) }
        #expect(gone?.errno == .addressNotAvailable)
      }
    }
  }

  @Test func onlyOneLinksAddressesAreListed() throws {
    try withPair { node, socket, link in
      try node.run("ip", "addr", "add", "10.5.5.5/24", "dev", "b")
      try node.run("ip", "addr", "add", "10.6.6.6/24", "dev", "a")
      #expect(try socket.route.addresses(of: link).filter { $0.cidr.family == .ipv4 }.map(\.cidr) == [cidr("10.6.6.6/24")])
      #expect(try socket.route.addresses().filter { $0.cidr.family == .ipv4 }.count == 2)
    }
  }

  @Test func neighboursAreSetAndDeleted() throws {
    try withPair { node, socket, link in
      let (v4, v6) = (ip("10.1.2.9"), ip("fd00::9"))
      try socket.route.execute([v4, v6].map { Neighbour.set($0, mac: mac("02:00:00:00:00:09"), on: link) })
      let seen = try node.json(.ip, "neigh", "show", "dev", "a", "nud", "permanent").array?.compactMap(\.object) ?? []
      #expect(Set(seen.compactMap { $0["dst"]?.string }) == ["10.1.2.9", "fd00::9"])
      #expect(seen.allSatisfy { $0["lladdr"] == "02:00:00:00:00:09" })
      let ours = try socket.route.neighbours(of: link).filter(\.isPermanent)
      #expect(Set(ours.map(\.address)) == [v4, v6] && ours.allSatisfy { $0.mac == mac("02:00:00:00:00:09") })
      try socket.route.execute([v4, v6].map { Neighbour.delete($0, from: link) })
      #expect(try socket.route.neighbours(of: link).filter(\.isPermanent).isEmpty)
      let gone = refusal { () throws(NetlinkError) in try socket.route.execute(Neighbour.delete(v4, from: link)) }
      #expect(gone?.errno == .noSuchFileOrDirectory)
    }
  }
}
