import Foundation
import JSON
import TestSupport
import Testing

/// A router sends advertisements to an interface that an external plugin makes, before the plugin has answered.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(program: "python3"), .needs(program: "nsenter"))
struct RouterAdvertisementTests {
  /// Makes a veth, and ends when the kernel has taken an advertisement on it.
  private static let plugin = """
    #!/bin/sh
    cat >/dev/null
    inside() { nsenter --net="$CNI_NETNS" "$@"; }
    [ "$CNI_COMMAND" != DEL ] || { ip link delete up0 2>/dev/null; exit 0; }
    [ "$CNI_COMMAND" = ADD ] || exit 0
    ip link add up0 type veth peer name "$CNI_IFNAME" netns "$CNI_NETNS" || exit 1
    inside sh -c "echo 0 >/proc/sys/net/ipv6/conf/$CNI_IFNAME/accept_dad"
    inside ip link set "$CNI_IFNAME" up && ip link set up0 up || exit 1
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      python3 DIR/advertise.py up0
      inside ip -6 address show dev "$CNI_IFNAME" | grep -q fd50:: && break
      sleep 0.2
    done
    inside ip -6 address show dev "$CNI_IFNAME" >DIR/learned
    inside ip -6 route show dev "$CNI_IFNAME" >>DIR/learned
    echo "{\\"cniVersion\\":\\"1.0.0\\",\\"interfaces\\":[{\\"name\\":\\"$CNI_IFNAME\\",\\"sandbox\\":\\"$CNI_NETNS\\"}]}"
    """

  /// One advertisement (RFC 4861, section 4.2) of a router, with the prefix fd50::/64 for addresses.
  private static let advertise = """
    import socket, struct, sys
    link = socket.if_nametoindex(sys.argv[1])
    router = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, link)
    head = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 3600, 3600, 0) + socket.inet_pton(socket.AF_INET6, "fd50::")
    try:
      router.sendto(head + prefix, ("ff02::1", 0, 0, link))
    except OSError:
      pass
    """

  private func add(_ attach: String, _ check: (_ lab: Lab, _ pod: ScratchNamespace) throws -> Void) throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: fabric}, \(attach)]}]",
      networks: Lab.networks + "\n  outside:\n    chain: [{type: router}]")
    let pod = try ScratchNamespace()
    try lab.directory.write("bin/router", Self.plugin.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
    try lab.directory.write("advertise.py", Self.advertise)
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    _ = try call.run(on: lab.node).result()
    let learned = try lab.directory.read("learned")
    #expect(learned.contains("fd50::") && learned.contains("default"), "the kernel took no advertisement: \(learned)")
    try check(lab, pod)
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// The links and gateways of the Pod's default routes.
  private func defaults(_ pod: ScratchNamespace) throws -> [String] {
    try (pod.json(.ip, "-6", "route", "show", "default").array ?? []).map { route in
      "\(route["dev"]?.string ?? "") \(route["gateway"]?.string?.prefix(4) ?? "")"
    }
  }

  private func addresses(_ pod: ScratchNamespace) throws -> [String] {
    (try pod.json(.ip, "-6", "address", "show", "dev", "net1", "scope", "global")[0, "addr_info"]?.array ?? [])
      .compactMap { $0["local"]?.string }
  }

  private func sysctl(_ key: String, _ pod: ScratchNamespace) throws -> String {
    try pod.run("cat", "/proc/sys/net/ipv6/conf/net1/\(key)").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func noneGivesADefaultRouteBesideTheOwners() throws {
    try add("{network: outside}") { (_, pod) throws in
      #expect(try defaults(pod) == [])
      #expect(try sysctl("accept_ra_defrtr", pod) == "0")
      #expect(try sysctl("accept_ra", pod) == "1")
      let addresses = try addresses(pod)
      #expect(addresses.contains { $0.hasPrefix("fd50::") })
    }
  }

  @Test func theOwnerMayHaveItsDefaultRouteFromARouter() throws {
    try add("{network: outside, defaultRoute: ipv6}") { (_, pod) throws in
      #expect(try defaults(pod) == ["net1 fe80"])
      #expect(try sysctl("accept_ra_defrtr", pod) == "1")
    }
  }

  @Test func anAttachmentKeepsAllOfThemAway() throws {
    try add("{network: outside, acceptRA: false}") { (lab, pod) throws in
      #expect(try sysctl("accept_ra", pod) == "0")
      #expect(try addresses(pod) == [])
      #expect(try defaults(pod) == [])
      let routes = try pod.run("ip", "-6", "route", "show")
      #expect(!routes.contains("fd50::"))
      let record = try JSON(parsing: lab.directory.read("state/records/c1@eth0.json"))
      #expect(record["attachments", 1, "acceptRA"] == false && record["attachments", 0, "acceptRA"] == nil)
    }
  }
}
