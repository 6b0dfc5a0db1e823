import Foundation
import JSON
import TestSupport
import Testing

/// What a policy says of an attachment, as the kernel and the runtime see it.
@Suite(.needsRoot, .needs(program: "ip")) struct PolicyLanguageTests {
  private static let policy = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      four:
        chain:
          - type: bridge
            bridge: br-four
            isDefaultGateway: true
            ipam: {type: host-local, dataDir: DATA, ranges: [[{subnet: 10.91.0.0/24}], [{subnet: "fd91::/64"}]]}
      six:
        chain:
          - type: bridge
            bridge: br-six
            isDefaultGateway: true
            ipam: {type: host-local, dataDir: DATA, ranges: [[{subnet: 10.92.0.0/24}], [{subnet: "fd92::/64"}]]}
      plain:
        chain:
          - {type: bridge, bridge: br-plain, isGateway: true, ipam: {type: host-local, dataDir: DATA, subnet: 10.93.0.0/24}}
    rules:
      - name: split
        match: {namespaces: [split]}
        attach:
          - {network: four, defaultRoute: ipv4}
          - {network: six, defaultRoute: ipv6, interface: six0, mac: "02:00:00:00:00:92", mtu: 1400, ips: [10.92.0.77]}
          - {network: plain, inResult: false}
      - name: everyone
        attach: [{network: four}]
    requests:
      - {namespaces: [ask], networks: [plain, six], defaultRoute: ipv4}
    """

  /// A Pod of a namespace on a node of its own; `body` looks at it, then it is deleted, and nothing may be left.
  private func withPod(
    _ namespace: String, annotations: JSONObject = [:], _ body: (JSONObject, ScratchNamespace) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      try withNodeAndContainer { node, container in
        let call = try Self.call(directory, namespace, annotations, container)
        let (nodeBefore, containerBefore) = try (NamespaceDump(node), NamespaceDump(container))
        try body(call.run(on: node).result(), container)
        #expect(try call.with("CHECK").run(on: node).succeeded)
        #expect(try call.with("DEL").run(on: node).succeeded)
        #expect(try nodeBefore.difference(to: NamespaceDump(node)).isEmpty)
        #expect(try containerBefore.difference(to: NamespaceDump(container)).isEmpty)
      }
    }
  }

  private static func call(
    _ directory: TemporaryDirectory, _ namespace: String, _ annotations: JSONObject, _ container: ScratchNamespace
  ) throws -> PluginCall {
    let file = try directory.write("policy.yaml", policy.replacingOccurrences(of: "DATA", with: directory["ipam"]))
    let configuration: JSON = [
      "cniVersion": "1.0.0", "name": "braid", "type": "braid", "policy": .string(file), "stateDir": .string(directory["state"]),
      "runtimeConfig": ["io.kubernetes.cri.pod-annotations": .object(annotations)],
    ]
    var call = PluginCall(Products.braid, containerID: "pod1", netns: container, configuration: configuration)
    call.args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=\(namespace);K8S_POD_NAME=p"
    return call
  }

  /// The default routes of a family as `gateway dev`.
  private func defaults(_ family: String, _ container: ScratchNamespace) throws -> [String] {
    try (container.json(.ip, family, "route", "show", "default").array ?? []).map {
      "\($0.object?["gateway"]?.string ?? "") \($0.object?["dev"]?.string ?? "")"
    }
  }

  @Test func eachFamilyHasItsOwner() throws {
    try withPod("split") { result, container in
      let v4 = try defaults("-4", container)
      #expect(v4 == ["10.91.0.1 eth0"])
      let v6 = try defaults("-6", container)
      #expect(v6 == ["fd92::1 six0"])
      let routes = (result["routes"]?.array ?? []).compactMap { $0.object }.map {
        "\($0["dst"]?.string ?? "") \($0["gw"]?.string ?? "")"
      }
      #expect(routes == ["0.0.0.0/0 10.91.0.1", "::/0 fd92::1"])
    }
  }

  @Test func addressHardwareAddressAndMTU() throws {
    try withPod("split") { result, container in
      let link = try container.json(.ip, "address", "show", "six0").array?.first?.object
      #expect(link?["address"]?.string == "02:00:00:00:00:92")
      #expect(link?["mtu"]?.int == 1400)
      let addresses = (link?["addr_info"]?.array ?? []).compactMap { $0.object?["local"]?.string }
      #expect(addresses.contains("10.92.0.77"))
    }
  }

  @Test func whatIsKeptOutOfTheResult() throws {
    try withPod("split") { result, container in
      let addresses = (result["ips"]?.array ?? []).compactMap { $0.object?["address"]?.string }
      #expect(addresses.count == 4 && !addresses.contains { $0.hasPrefix("10.93.") })
      let link = try container.json(.ip, "address", "show", "net2").array?.first?.object
      #expect((link?["addr_info"]?.array ?? []).contains { $0.object?["local"]?.string?.hasPrefix("10.93.0.") ?? false })
      let names = (result["interfaces"]?.array ?? []).compactMap { $0.object?["name"]?.string }
      #expect(names.contains("net2"))
    }
  }

  @Test func aPodAsksForNetworks() throws {
    let wish = #"[{"name":"plain","interface":"data0","mac":"02:00:00:00:00:93","default-route":["10.93.0.200"]},{"name":"six"}]"#
    try withPod("ask", annotations: ["k8s.v1.cni.cncf.io/networks": .string(wish)]) { result, container in
      let v4 = try defaults("-4", container)
      #expect(v4 == ["10.93.0.200 data0"])
      let v6 = try defaults("-6", container)
      #expect(v6 == ["fd91::1 eth0"])
      let link = try container.json(.ip, "link", "show", "data0").array?.first?.object
      #expect(link?["address"]?.string == "02:00:00:00:00:93")
      let named = try container.run("ip", "-br", "link", "show", "net2")
      #expect(named.hasPrefix("net2"))
    }
  }

  @Test func aRequestThatIsNotAllowedFailsThePod() throws {
    try withTemporaryDirectory { directory in
      try withNodeAndContainer { node, container in
        let before = try (NamespaceDump(node), NamespaceDump(container))
        let call = try Self.call(directory, "web", ["k8s.v1.cni.cncf.io/networks": "plain"], container)
        let error = try call.run(on: node).error()
        #expect(error.text.contains(#"k8s.v1.cni.cncf.io/networks: Pod web/p may not ask for the network "plain""#))
        #expect(try before.0.difference(to: NamespaceDump(node)).isEmpty)
        #expect(try before.1.difference(to: NamespaceDump(container)).isEmpty)
      }
    }
  }
}
