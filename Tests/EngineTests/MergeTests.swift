import CNI
import JSON
import NetworkTypes
import Testing

@testable import Engine

@Suite struct MergeTests {
  private let sandbox = "/run/netns/pod"

  private func cidr(_ text: String) throws -> CIDR { try CIDR(text) }

  private func bridged(_ name: String, _ host: String, _ address: String, bridge: String = "br0") throws -> CNIResult {
    CNIResult(
      interfaces: [.init(name: bridge), .init(name: host), .init(name: name, sandbox: sandbox)],
      ips: [.init(interface: 2, address: try cidr(address))],
      routes: [.init(dst: try cidr("0.0.0.0/0"), gw: try IPAddress("10.0.0.1"))])
  }

  private func part(
    _ name: String, owns families: [AddressFamily], isInResult: Bool = true, _ result: CNIResult
  ) throws -> DoneAttachment {
    DoneAttachment(
      planned: PlannedAttachment(
        network: try NetworkName("net"), interface: try InterfaceName(name), defaultRoute: .init(allowed: families),
        delegates: [], args: .none, isChecked: true, isInResult: isInResult), result: result)
  }

  private func part(_ name: String, owns: Bool, _ result: CNIResult) throws -> DoneAttachment {
    try part(name, owns: owns ? AddressFamily.allCases : [], result)
  }

  private func expectSafe(_ result: CNIResult) {
    for ip in result.ips {
      #expect(ip.interface.map { result.interfaces.indices.contains($0) && !result.interfaces[$0].sandbox.isEmpty } ?? false)
    }
  }

  @Test func indicesAreRebasedAndTheRuntimesInterfaceComesFirst() throws {
    let macvlan = CNIResult(
      interfaces: [.init(name: "net1", sandbox: sandbox)], ips: [.init(interface: 0, address: try cidr("192.168.0.2/24"))])
    let merged = try CNIResult(
      merging: [
        part("eth0", owns: true, bridged("eth0", "veth1", "10.0.0.2/24")), part("net1", owns: false, macvlan),
        part("net2", owns: false, bridged("net2", "veth2", "10.1.0.2/24", bridge: "br1")),
      ], sandbox: sandbox)
    #expect(merged.interfaces.map(\.name) == ["eth0", "br0", "veth1", "net1", "br1", "veth2", "net2"])
    #expect(merged.ips.map(\.interface) == [0, 3, 6])
    #expect(merged.ips.map(\.address.description) == ["10.0.0.2/24", "192.168.0.2/24", "10.1.0.2/24"])
    expectSafe(merged)
  }

  @Test func onlyTheOwnersDefaultRouteIsTold() throws {
    let merged = try CNIResult(
      merging: [
        part("eth0", owns: false, bridged("eth0", "v1", "10.0.0.2/24")),
        part("net1", owns: true, bridged("net1", "v2", "10.1.0.2/24")),
      ], sandbox: sandbox)
    #expect(merged.routes.count == 1)
  }

  @Test func eachFamilysDefaultRouteIsItsOwners() throws {
    func both(_ name: String) throws -> CNIResult {
      var result = try bridged(name, "v-\(name)", "10.0.0.2/24")
      result.routes.append(.init(dst: try cidr("::/0"), gw: try IPAddress("fd00::1")))
      return result
    }
    let parts = try [
      part("eth0", owns: [.ipv4], both("eth0")),
      part("net1", owns: [.ipv6], both("net1")),
    ]
    #expect(CNIResult(merging: parts, sandbox: sandbox).routes.map(\.dst.family) == [.ipv4, .ipv6])
  }

  @Test func addressesThatTheRuntimeIsNotToldOf() throws {
    let hidden = try part("net1", owns: [], isInResult: false, bridged("net1", "v2", "10.1.0.2/24", bridge: "br1"))
    let merged = try CNIResult(
      merging: [part("eth0", owns: true, bridged("eth0", "v1", "10.0.0.2/24")), hidden], sandbox: sandbox)
    #expect(merged.ips.map(\.address.description) == ["10.0.0.2/24"])
    #expect(merged.interfaces.map(\.name).contains("net1"))
    expectSafe(merged)
  }

  @Test func aDefaultRouteOfAnotherTableIsNobodysBusiness() throws {
    var second = try bridged("net1", "v2", "10.1.0.2/24")
    second.routes = [.init(dst: try cidr("0.0.0.0/0"), gw: try IPAddress("10.1.0.1"), table: 100)]
    let merged = try CNIResult(
      merging: [part("eth0", owns: true, bridged("eth0", "v1", "10.0.0.2/24")), part("net1", owns: false, second)],
      sandbox: sandbox)
    #expect(merged.routes.map(\.table) == [nil, 100])
  }

  @Test func anAddressWithoutAnInterfaceGetsTheAttachments() throws {
    let bare = CNIResult(ips: [.init(address: try cidr("10.9.0.2/24")), .init(interface: 7, address: try cidr("fd00::2/64"))])
    let merged = try CNIResult(
      merging: [part("eth0", owns: true, bridged("eth0", "v1", "10.0.0.2/24")), part("net1", owns: false, bare)], sandbox: sandbox
    )
    #expect(merged.interfaces.last == .init(name: "net1", sandbox: sandbox))
    #expect(merged.ips.map(\.interface) == [0, 3, 3])
    expectSafe(merged)
  }

  @Test func aHostInterfaceNamedLikeThePodsIsLeftOut() throws {
    var odd = try bridged("net1", "eth0", "10.1.0.2/24")
    odd.interfaces[0].name = "br1"
    let merged = try CNIResult(
      merging: [part("eth0", owns: true, bridged("eth0", "v1", "10.0.0.2/24")), part("net1", owns: false, odd)], sandbox: sandbox)
    #expect(merged.interfaces.map(\.name) == ["eth0", "br0", "v1", "br1", "net1"])
    #expect(merged.ips.map(\.interface) == [0, 4])
    expectSafe(merged)
  }

  @Test func aSharedBridgeIsListedOnce() throws {
    let merged = try CNIResult(
      merging: [
        part("eth0", owns: true, bridged("eth0", "v1", "10.0.0.2/24")),
        part("net1", owns: false, bridged("net1", "v2", "10.0.0.3/24")),
      ], sandbox: sandbox)
    #expect(merged.interfaces.map(\.name) == ["eth0", "br0", "v1", "v2", "net1"])
    #expect(merged.ips.map(\.interface) == [0, 4])
  }

  @Test func dnsIsUnited() throws {
    var (a, b) = (CNIResult(), CNIResult())
    a.dns = .init(nameservers: ["1.1.1.1"], domain: "", search: ["a"], options: ["x"])
    b.dns = .init(nameservers: ["1.1.1.1", "2.2.2.2"], domain: "d", search: ["b"], options: ["x"])
    let merged = try CNIResult(merging: [part("eth0", owns: true, a), part("net1", owns: false, b)], sandbox: sandbox)
    #expect(merged.dns == .init(nameservers: ["1.1.1.1", "2.2.2.2"], domain: "d", search: ["a", "b"], options: ["x"]))
  }
}
