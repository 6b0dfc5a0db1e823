import CNI
import Foundation
import JSON
import NetworkTypes
import PluginModel
import Plugins
import TestSupport
import Testing

@Suite(.needsRoot, .needs(program: "ip")) struct TuningTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func configuration(_ keys: JSONObject = [:]) -> JSON {
    var object: JSONObject = ["type": "tuning", "dataDir": .string(directory["tuning"])]
    for member in keys.members { object[member.name] = member.value }
    return .object(object)
  }

  /// A bench whose container has the interface, and the result that its maker would have returned.
  private func bench(_ addresses: String...) throws -> (Bench, CNIResult) {
    let bench = try Bench()
    try bench.container.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "peer0", "netns", bench.host.name)
    try bench.container.run("ip", "link", "set", "eth0", "up")
    for address in addresses { try bench.container.run("ip", "address", "add", address, "dev", "eth0", "nodad") }
    let mac = bench.container.link("eth0")["address"]?.string ?? ""
    let interfaces: [CNIResult.Interface] = [
      .init(name: "eth0", mac: "fe:00:00:00:00:01"), .init(name: "eth0", mac: mac, mtu: 1500, sandbox: bench.container.path),
    ]
    return (bench, CNIResult(interfaces: interfaces, ips: addresses.map { .init(interface: 1, address: cidr($0)) }))
  }

  private func call(_ bench: Bench, _ keys: JSONObject, _ previous: CNIResult? = nil) throws -> BenchCall {
    var call = try bench.call(configuration(keys))
    if let previous { call.call.previous = .value(previous) }
    return call
  }

  private var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory["tuning"])) ?? []).sorted()
  }

  /// The node's end may have the interface's name, and keeps its address.
  @Test func resultTellsOfTheContainersInterface() throws {
    let (bench, previous) = try bench()
    let call = try call(bench, ["mac": "02:00:00:00:00:31", "mtu": 1400], previous)
    let result = try bench.add(call)
    #expect(result.interfaces.map(\.mac) == ["fe:00:00:00:00:01", "02:00:00:00:00:31"])
    #expect(result.interfaces.map(\.mtu) == [nil, 1400])
    try bench.check(call, result)
    #expect(try FileManager.default.attributesOfItem(atPath: directory["tuning"])[.posixPermissions] as? Int == 0o700)
  }

  @Test func afterAFailureEverythingIsAsBefore() throws {
    let (bench, previous) = try bench("10.0.0.2/24")
    let before = try bench.dump()
    let sysctls: JSON = ["net.ipv4.conf.IFNAME.arp_filter": "1", "net.ipv4.nothing": "1"]
    let keys: JSONObject = ["mac": "02:00:00:00:00:31", "mtu": 1400, "promisc": true, "txQLen": 5, "sysctl": sysctls]
    #expect(failure { _ = try bench.add(call(bench, keys, previous)) }?.tuning == .sysctlMissing("ipv4/nothing"))
    try bench.expectNothing(since: before)
    #expect(try bench.container.sysctl("ipv4/conf/eth0/arp_filter") == "0" && files == [])
  }

  /// The kernel would take a list with too few numbers, and CHECK would never succeed.
  @Test func aValueThatTheKernelChangesIsRefused() throws {
    let (bench, previous) = try bench()
    let former = try bench.container.sysctl("ipv4/tcp_rmem")
    let refusal = failure { _ = try bench.add(call(bench, ["sysctl": ["net.ipv4.tcp_rmem": "5000 60000"]], previous)) }
    guard case .sysctlKeepsValue("ipv4/tcp_rmem", "5000 60000", _)? = refusal?.tuning else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(try bench.container.sysctl("ipv4/tcp_rmem") == former)
  }

  @Test func sysctlsThatOnlyTakeValues() throws {
    let (bench, previous) = try bench()
    let call = try call(bench, ["sysctl": ["net.ipv4.route.flush": "1", "net.ipv4.ip_local_reserved_ports": ""]], previous)
    try bench.check(call, bench.add(call))
  }

  @Test func anMTUThatEndsIPv6() throws {
    let (bench, previous) = try bench("fd00::2/64")
    let refusal = failure { _ = try bench.add(call(bench, ["mtu": 1279], previous)) }
    guard case .configuration(.attachment(.mtuBelowIPv6))? = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    _ = try bench.add(call(bench, ["mtu": 1280], previous))
  }

  /// Another link may have the name by now. If it is gone, or the engine has deleted it, only the file is left to remove.
  @Test func deleteForgetsWhateverIsLeft() throws {
    let (bench, previous) = try bench()
    var call = try call(bench, ["mtu": 1400], previous)
    _ = try bench.add(call)
    #expect(files == ["pod_eth0.json"])
    call.call.options.hasDeletedLink = true
    try bench.delete(call)
    #expect(files == [] && bench.container.link("eth0")["mtu"]?.int == 1400)
    call.call.options.hasDeletedLink = false
    _ = try bench.add(call)
    try directory.write("tuning/pod_eth0.json", "no JSON")
    try bench.delete(call)
    #expect(files == [])
  }

  /// A setting that the kernel refuses to restore, here a MAC address that no interface can have, keeps nobody from leaving.
  @Test func deleteGoesOnPastRefusals() throws {
    let (bench, previous) = try bench()
    let call = try call(bench, ["mtu": 1400], previous)
    _ = try bench.add(call)
    try directory.write("tuning/pod_eth0.json", #"{"mac": "ff:ff:ff:ff:ff:ff", "mtu": 1450, "txQLen": -1}"#)
    try bench.delete(call)
    #expect(files == [] && bench.container.link("eth0")["mtu"]?.int == 1450)
  }

  @Test func aDirectoryThatOthersMayWriteTo() throws {
    let (bench, previous) = try bench()
    try directory.write("tuning/pod_eth0.json", "{}")
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory["tuning"])
    guard case .system(.untrusted)? = failure({ _ = try bench.add(call(bench, ["mtu": 1400], previous)) })?.withoutLeft else {
      Issue.record("the directory was trusted")
      return
    }
    #expect(bench.container.link("eth0")["mtu"]?.int == 1500)
  }

  /// Files of other networks and of the reference plugin, which tells no network, stay.
  @Test func garbage() throws {
    let (bench, previous) = try bench()
    let call = try call(bench, ["mtu": 1400], previous)
    _ = try bench.add(call)
    for (name, text) in [
      ("gone_eth0", #"{"mtu": 1500, "network": "net"}"#), ("kept_eth1", #"{"mtu": 1500, "network": "net"}"#),
      ("other_eth0", #"{"mtu": 1500, "network": "net2"}"#), ("theirs_eth0", #"{"mtu": 1500}"#), ("odd_eth0", "["),
    ] {
      try directory.write("tuning/\(name).json", text)
    }
    let valid = [CNI.Attachment(containerID: "pod", ifName: "eth0"), CNI.Attachment(containerID: "kept", ifName: "")]
    try bench.collectGarbage(call, keeping: valid)
    #expect(files == ["kept_eth1.json", "odd_eth0.json", "other_eth0.json", "pod_eth0.json", "theirs_eth0.json"])
    try bench.collectGarbage(call, keeping: [])
    #expect(files == ["odd_eth0.json", "other_eth0.json", "theirs_eth0.json"])
  }

  // MARK: - The list of allowed sysctls

  private func allowed(_ lines: String, _ key: String) throws -> Bool {
    let path = try directory.write("allowlist.conf", lines)
    let list = try #require(try SysctlAllowlist(path))
    return failure { try list.check([key]) } == nil
  }

  /// The expressions of the reference plugin's documents, and what Go's syntax has beside regex(7)'s.
  @Test(arguments: [
    ("^net.core.somaxconn$", "net.core.somaxconn", true), ("^net.core.somaxconn$", "net.core.somaxconn2", false),
    ("somax", "net.core.somaxconn", true),
    ("  ^net\\.ipv4\\.conf\\.[a-z]+\\d+\\.arp_\\w+$\t", "net.ipv4.conf.eth0.arp_filter", true),
    ("^net\\.ipv4", "net.ipv4.ip_forward", true), ("^net\\.ipv4", "net/ipv4/ip_forward", false),
    ("^net.(?:core|ipv4).*?$", "net.core.somaxconn", true), ("^net.(core|ipv4)\\.", "net.ipv6.conf", false),
    ("conf.[\\w.-]+.arp", "net.ipv4.conf.a-b.arp_filter", true), ("conf.[^]^-]x", "net.ipv4.conf.^x", false),
    ("conf\\.[^\\d]x", "net.ipv4.conf.3x", false), ("[[:digit:]]{2}", "net.7", false),
    ("# a comment", "net.core.somaxconn", false),
    ("\n\n", "net.core.somaxconn", false), ("a\n\nsomaxconn", "net.core.somaxconn", true), ("[.]core[.]", "net.core.x", true),
    ("[a\\]]x", "net.]x", true), ("[^^]core", "net.^core", false), ("[\\^]core", "net.^core", true),
  ])
  func allowlist(_ lines: String, _ key: String, _ isAllowed: Bool) throws { #expect(try allowed(lines, key) == isAllowed) }

  @Test(arguments: ["(?i)net", "\\pL", "[a", "(a", "net\\"]) func linesThatCannotBeRead(_ line: String) throws {
    let list = try #require(try SysctlAllowlist(directory.write("allowlist.conf", "net\n\(line)")))
    #expect(failure { try list.check(["net.core.somaxconn"]) }?.tuning == .allowlist(line: line))
  }

  @Test func withoutAListEverythingIsAllowed() throws {
    #expect(try SysctlAllowlist(directory["none"]) == nil)
    let list = try #require(try SysctlAllowlist(directory.write("allowlist.conf", "^net.a\nnet.b")))
    let refusal = failure { try list.check(["net.ab", "net.c"]) }?.tuning
    #expect(refusal?.object.msg == "Sysctl net.c is not allowed. Only the following sysctls are allowed: [^net.a net.b]")
  }

  // MARK: - Sysctls of the node

  /// No sysctl that a namespace shows, and that Braid lets a Pod set, is the node's own. Looks at every one that this kernel has.
  @Test func noAllowedSysctlIsTheNodes() throws {
    let (node, container) = (try ScratchNamespace(), try ScratchNamespace())
    let paths = try container.run("find", "/proc/sys/net", "-type", "f", "-perm", "-200").split(separator: "\n").map(String.init)
    #expect(paths.count > 100)
    for path in paths {
      let key = "net." + path.dropFirst("/proc/sys/net/".count)
      guard (try? SysctlKey(key)) != nil, let former = try? node.run("cat", path), let own = try? container.run("cat", path),
        let number = Int(own.dropLast())
      else { continue }
      for changed in [number + 1, number - 1] where (try? write("\(changed)", to: path, in: container)) != nil {
        #expect(try node.run("cat", path) == former, "\(path)")
        try? write("\(number)", to: path, in: container)
        break
      }
    }
  }

  private func write(_ text: String, to path: String, in namespace: ScratchNamespace) throws {
    try namespace.visit { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
  }
}
