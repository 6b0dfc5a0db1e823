import Foundation
import JSON
import TestSupport
import Testing

/// Two networks of a Pod lead to one destination. One of them has it, for both families, whoever makes the interfaces.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(program: "nsenter")) struct SharedDestinationTests {
  private static func network(_ bridge: String, _ number: Int, _ routes: String) -> String {
    """
      \(bridge):
        chain:
          - type: bridge
            bridge: \(bridge)
            isGateway: true
            ipam:
              type: host-local
              dataDir: DIR/ipam
              ranges: [[{subnet: 10.\(number).0.0/24}], [{subnet: "fd\(number)::/64"}]]
              routes: [\(routes)]
    """
  }

  private static let networks = [
    "apiVersion: braid/v1\nkind: Policy\nnetworks:",
    network("one", 81, "{dst: 10.99.0.0/16}, {dst: \"fd99::/64\"}, {dst: 10.82.0.0/24}, {dst: \"fd82::/64\"}"),
    network("two", 82, "{dst: 10.99.0.0/16}, {dst: \"fd99::/64\"}, {dst: 10.98.0.0/16}, {dst: \"fd98::/64\"}"),
    network("later", 83, "{dst: 10.99.0.0/16, priority: 5000}, {dst: \"fd99::/64\", priority: 5000}"),
    "  outside: {chain: [{type: outsider}]}",
  ].joined(separator: "\n")

  /// Adds routes in the way of the reference plugins' library: beside those that there are.
  private static let outsider = """
    #!/bin/sh
    cat >/dev/null
    inside() { nsenter --net="$CNI_NETNS" "$@"; }
    [ "$CNI_COMMAND" != DEL ] || { ip link delete up0 2>/dev/null; exit 0; }
    [ "$CNI_COMMAND" = ADD ] || exit 0
    ip link add up0 type veth peer name "$CNI_IFNAME" netns "$CNI_NETNS" && ip link set up0 up || exit 1
    inside ip address add 10.84.0.2/24 dev "$CNI_IFNAME"
    inside ip address add fd84::2/64 dev "$CNI_IFNAME" nodad
    inside ip link set "$CNI_IFNAME" up || exit 1
    inside ip route prepend 10.99.0.0/16 via 10.84.0.1 && inside ip -6 route append fd99::/64 via fd84::1 || exit 1
    inside ip route add 10.97.0.0/16 via 10.84.0.1 && inside ip route prepend 10.81.0.0/24 via 10.84.0.1 || exit 1
    cat <<END
    {"cniVersion":"1.0.0","interfaces":[{"name":"$CNI_IFNAME","sandbox":"$CNI_NETNS"}],
     "ips":[{"address":"10.84.0.2/24","gateway":"10.84.0.1","interface":0},{"address":"fd84::2/64","gateway":"fd84::1","interface":0}],
     "routes":[{"dst":"10.99.0.0/16"},{"dst":"fd99::/64","gw":"fd84::1"},{"dst":"10.97.0.0/16"}]}
    END
    """

  /// ADDs a Pod, and gives the links of its kernel's routes to a destination, and the next hops that the result has for it.
  private func add(
    _ attach: String, _ check: (_ links: (String) throws -> [String], _ hops: (String) -> [String]) throws -> Void
  ) throws {
    let lab = try Lab("rules: [{name: all, attach: [\(attach)]}]", networks: Self.networks)
    let pod = try ScratchNamespace()
    try lab.directory.write("bin/outsider", Self.outsider, mode: 0o755)
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    let result = JSON.object(try call.run(on: lab.node).result())
    func links(_ destination: String) throws -> [String] {
      let family = destination.contains(":") ? "-6" : "-4"
      let routes = try pod.json(.ip, family, "route", "show", "exact", destination).array ?? []
      return routes.flatMap { route in
        (route["nexthops"]?.array ?? [route]).compactMap { $0["dev"]?.string }
      }
    }
    func hops(_ destination: String) -> [String] {
      (result["routes"]?.array ?? []).filter { $0["dst"]?.string == destination }.map { $0["gw"]?.string ?? "" }
    }
    try check(links, hops)
    #expect(try call.with("CHECK").run(on: lab.node).result() == [:])
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  @Test func theFirstAttachmentThatBringsARouteHasIt() throws {
    try add("{network: one}, {network: two}, {network: later}") { (links, hops) throws in
      for destination in ["10.99.0.0/16", "fd99::/64"] {
        // A route with a priority of its own does not compete.
        #expect(try links(destination) == ["eth0", "net2"], "\(destination)")
      }
      for destination in ["10.98.0.0/16", "fd98::/64"] { #expect(try links(destination) == ["net1"], "\(destination)") }
      #expect(hops("10.98.0.0/16").count == 1 && hops("fd98::/64").count == 1 && hops("10.99.0.0/16").count == 2)
    }
    try add("{network: two}, {network: one}") { (links, _) throws in
      for destination in ["10.99.0.0/16", "fd99::/64"] { #expect(try links(destination) == ["eth0"], "\(destination)") }
    }
  }

  /// Whichever of the two comes first.
  @Test(arguments: ["{network: one}, {network: two}", "{network: two}, {network: one}"])
  func anInterfaceInTheNetworkComesBeforeARoute(_ attach: String) throws {
    try add(attach) { (links, hops) throws in
      let own = attach.hasPrefix("{network: two}") ? "eth0" : "net1"
      for destination in ["10.82.0.0/24", "fd82::/64"] {
        #expect(try links(destination) == [own], "\(destination)")
        #expect(hops(destination) == [], "\(destination)")
      }
    }
  }

  @Test func anExternalPluginKeepsToItToo() throws {
    try add("{network: one}, {network: outside}") { (links, hops) throws in
      for destination in ["10.99.0.0/16", "fd99::/64", "10.81.0.0/24"] {
        #expect(try links(destination) == ["eth0"], "\(destination)")
      }
      #expect(try links("10.97.0.0/16") == ["net1"])
      #expect(hops("10.99.0.0/16").count == 1 && hops("fd99::/64").count == 1)
    }
    try add("{network: outside}, {network: one}") { (links, _) throws in
      for destination in ["10.99.0.0/16", "fd99::/64"] { #expect(try links(destination) == ["eth0"], "\(destination)") }
      // The plugin did not tell Braid of its route there.
      #expect(try links("10.81.0.0/24") == ["net1"])
    }
  }
}
