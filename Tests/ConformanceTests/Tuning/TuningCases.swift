import Foundation
import JSON
import TestSupport
import Testing

/// The tuning plugin (items 65, 131 to 140).
let tuningCases: [Case] = [
  Case("item 137", "without keys the result passes through", [.tuning], specs: Spec.beforeGarbageCollection.filter { $0 > .v020 })
  {
    b in
    let previous = try b.makeInterface()
    let result = try b.add(["prevResult": previous])
    #expect(result["ips"][0]["address"] == "10.1.0.2/24" && result["interfaces"][0]["mac"] == previous["interfaces"][0]["mac"])
    #expect(!FileManager.default.fileExists(atPath: b.tuningFile))
  },
  Case("item 65", "without prevResult", [.tuning]) { b in
    _ = try b.makeInterface()
    try b.refuses("ADD", b.tuning(), 999, "Required prevResult missing")
    try b.refuses("CHECK", b.tuning(), 999, "Required prevResult missing")
    try b.delete(b.tuning())
  },
  Case("items 131, 137", "the link gets every setting, the result the MAC", [.tuning]) { b in
    let previous = try b.makeInterface()
    let own = b.tuning(["mac": "02:00:00:00:00:31", "mtu": 1400, "promisc": true, "allmulti": true])
    let result = try b.add(own.with("prevResult", previous))
    let link = b.pod.namespace.link("eth0")
    #expect(link["address"] == "02:00:00:00:00:31" && link["mtu"] == 1400)
    #expect(link["flags"].list.contains("PROMISC") && link["flags"].list.contains("ALLMULTI"))
    #expect(result["interfaces"][0]["mac"] == "02:00:00:00:00:31")
    try b.check(own, after: result)
  },
  Case("item 131", "false leaves promiscuity, and ends the receipt of all multicast", [.tuning]) { b in
    let previous = try b.makeInterface()
    try b.pod.namespace.run("ip", "link", "set", "eth0", "promisc", "on", "allmulticast", "on")
    _ = try b.add(b.tuning(["promisc": false, "allmulti": false]).with("prevResult", previous))
    let flags = b.pod.namespace.link("eth0")["flags"].list
    #expect(flags.contains("PROMISC") && !flags.contains("ALLMULTI"))
  },
  Case("item 131", "0 leaves the MTU", [.tuning]) { b in
    let previous = try b.makeInterface()
    _ = try b.add(b.tuning(["mtu": 0]).with("prevResult", previous))
    #expect(b.pod.namespace.link("eth0")["mtu"] == 1500)
  },
  Case("items 131, 138", "the length of the queue, which may be 0", [.tuning], reach: .since("1.4.0")) { b in
    let previous = try b.makeInterface()
    for length in [50, 0] as [JSON] {
      let own = b.tuning(["txQLen": length]).with("prevResult", previous)
      _ = try b.add(own)
      // Without a queue ip(8) shows none.
      #expect(b.pod.namespace.link("eth0")["txqlen"] == (length == 0 ? .null : length))
      try b.delete(own)
      #expect(b.pod.namespace.link("eth0")["txqlen"] == 1000)
    }
  },
  Case("item 132", "the stronger source of the MAC wins", [.tuning]) { b in
    let previous = try b.makeInterface()
    func mac(_ own: JSONObject) throws -> JSON {
      let own = b.tuning(own).with("prevResult", previous)
      _ = try b.add(own) { $0.args = "MAC=02:00:00:00:00:02" }
      defer { _ = try? b.call("DEL", own) }
      return b.pod.namespace.link("eth0")["address"]
    }
    let configured: JSONObject = ["mac": "02:00:00:00:00:01"]
    #expect(try mac(configured) == "02:00:00:00:00:02")
    let runtime = configured.with("runtimeConfig", ["mac": "02:00:00:00:00:03"]).with("capabilities", ["mac": true])
    #expect(try mac(runtime) == "02:00:00:00:00:03")
    #expect(try mac(runtime.with("args", ["cni": ["mac": "02:00:00:00:00:04"]])) == "02:00:00:00:00:04")
  },
  Case("item 132", "args.cni wins over the configuration", [.tuning]) { b in
    let previous = try b.makeInterface()
    let sysctls: JSON = ["net.ipv4.conf.IFNAME.arp_filter": "0", "net.ipv4.conf.IFNAME.log_martians": "1"]
    let args: JSON = ["cni": ["mtu": 1300, "allmulti": true, "sysctl": ["net.ipv4.conf.IFNAME.arp_filter": "1"]]]
    let own = b.tuning(["mtu": 1400, "sysctl": sysctls, "args": args]).with("prevResult", previous)
    _ = try b.add(own)
    let link = b.pod.namespace.link("eth0")
    #expect(link["mtu"] == 1300 && link["flags"].list.contains("ALLMULTI"))
    #expect(try b.pod.namespace.sysctl("net.ipv4.conf.eth0.arp_filter") == "1")
    #expect(try b.pod.namespace.sysctl("net.ipv4.conf.eth0.log_martians") == "1")
  },
  Case("item 132", "sysctls of args.cni need none in the configuration", [.tuning], reach: .ours("the reference crashes")) { b in
    let previous = try b.makeInterface()
    _ = try b.add(["args": ["cni": ["sysctl": ["net.core.somaxconn": "77"]]], "prevResult": previous])
    #expect(try b.pod.namespace.sysctl("net.core.somaxconn") == "77")
  },
  Case("item 135", "dots or slashes, and the interface's own name", [.tuning], reach: .since("1.2.0")) { b in
    b.pod = try Pod(ifName: "net.7")
    let previous = try b.makeInterface("net.7")
    let sysctls: JSON = [
      "net.ipv4.conf.IFNAME.arp_filter": "1", "net/ipv4/conf/IFNAME/log_martians": "1", "net.core.somaxconn": "99",
    ]
    _ = try b.add(["sysctl": sysctls, "prevResult": previous])
    for key in ["arp_filter", "log_martians"] { #expect(try b.pod.namespace.sysctl("net/ipv4/conf/net.7/\(key)") == "1") }
    #expect(try b.pod.namespace.sysctl("net.core.somaxconn") == "99" && b.node.sysctl("net.core.somaxconn") != "99")
  },
  Case("item 135", "only sysctls of the network", [.tuning]) { b in
    let previous = try b.makeInterface()
    for key in ["kernel.panic", "kernel/panic", "net", "vm.swappiness"] {
      try b.refuses("ADD", ["sysctl": [key: "1"], "prevResult": previous], 999, "invalid net sysctl key: \"\(key)\"")
    }
  },
  Case("item 135", "a sysctl of the whole node", [.tuning], reach: .ours("the reference sets it for the node")) { b in
    let previous = try b.makeInterface()
    for key in ["net.netfilter.nf_conntrack_max", "net/netfilter/nf_hooks_lwtunnel", "net.ipv4.tcp_allowed_congestion_control"] {
      try b.refuses(
        "ADD", ["sysctl": [key: "1"], "prevResult": previous], 999,
        "\(key) is a setting of the whole node, so no Pod may change it: set it on the node")
    }
  },
  Case("item 135", "a sysctl that is not there", [.tuning]) { b in
    let previous = try b.makeInterface()
    try b.refuses("ADD", ["sysctl": ["net.ipv4.nothing": "1"], "prevResult": previous], 999)
  },
  Case("item 135", "a failure restores the sysctls and the link", [.tuning], reach: .ours("the reference leaves them")) { b in
    let previous = try b.makeInterface()
    let former = try b.pod.namespace.sysctl("net.core.somaxconn")
    let sysctls: JSON = ["net.core.somaxconn": "99", "net.ipv4.conf.IFNAME.arp_filter": "1", "net.ipv4.ip_forward": "x"]
    try b.refuses("ADD", b.tuning(["mtu": 1400, "sysctl": sysctls]).with("prevResult", previous), 999)
    #expect(try b.pod.namespace.sysctl("net.core.somaxconn") == former)
    #expect(try b.pod.namespace.sysctl("net.ipv4.conf.eth0.arp_filter") == "0" && b.pod.namespace.link("eth0")["mtu"] == 1500)
    #expect(!FileManager.default.fileExists(atPath: b.tuningFile))
  },
  Case("item 133", "one sysctl twice", [.tuning], reach: .since("1.2.0")) { b in
    let previous = try b.makeInterface().text()
    let stdin = """
      {"cniVersion": "1.0.0", "name": "net1", "type": "tuning", "prevResult": \(previous),
        "sysctl": {"net.core.somaxconn": "99", "net.core.somaxconn": "98"}}
      """
    try b.refuses("ADD", [:], 999, "duplicated sysctl keys are not allowed") { $0.stdin = Array(stdin.utf8) }
  },
  Case("item 133", "one sysctl in two spellings", [.tuning], reach: .ours("the reference sets one of them, at random")) { b in
    let previous = try b.makeInterface()
    try b.refuses(
      "ADD", ["sysctl": ["net.core.somaxconn": "99", "net/core/somaxconn": "98"], "prevResult": previous], 999,
      "duplicated sysctl keys are not allowed: net.core.somaxconn and net/core/somaxconn are one")
  },
  Case("item 136", "a link that is not there", [.tuning]) { b in
    let previous = try b.makeInterface("eth1")
    try b.refuses("ADD", b.tuning(["mtu": 1400]).with("prevResult", previous), 999)
  },
  Case("item 138", "the backup has the settings before the change", [.tuning]) { b in
    let previous = try b.makeInterface()
    let mac = b.pod.namespace.link("eth0")["address"]
    _ = try b.add(b.tuning(["mac": "02:00:00:00:00:31", "mtu": 1400]).with("prevResult", previous))
    let backup = try JSON(parsing: String(contentsOfFile: b.tuningFile, encoding: .utf8))
    #expect(backup["mac"] == mac && backup["mtu"] == 1500)
    #expect(backup["promisc"].isNull && backup["allmulti"].isNull)
  },
  Case("item 138", "only sysctls need no backup", [.tuning]) { b in
    let previous = try b.makeInterface()
    _ = try b.add(b.tuning(["sysctl": ["net.core.somaxconn": "99"]]).with("prevResult", previous))
    #expect(!FileManager.default.fileExists(atPath: b.tuningFile))
  },
  Case("item 138", "a second ADD keeps the first settings", [.tuning], reach: .ours("the reference overwrites them")) { b in
    let previous = try b.makeInterface()
    let own = b.tuning(["mtu": 1400]).with("prevResult", previous)
    _ = try (b.add(own), b.add(own))
    try b.delete(own)
    #expect(b.pod.namespace.link("eth0")["mtu"] == 1500)
  },
  Case("item 139", "DEL restores the link and forgets, without prevResult", [.tuning], specs: Spec.beforeGarbageCollection) { b in
    let former = try b.makeInterface()["interfaces"][0]["mac"]
    let spec = b.spec < .v030 ? Spec.v100 : b.spec
    let previous = try b.makePrevious(spec)
    let all: JSONObject = ["mac": "02:00:00:00:00:31", "mtu": 1400, "promisc": true, "allmulti": true]
    let own = b.tuning(all)
    _ = try b.add(own.with("cniVersion", .string(spec.rawValue)).with("prevResult", previous))
    try b.delete(own)
    let link = b.pod.namespace.link("eth0")
    #expect(link["address"] == former && link["mtu"] == 1500)
    #expect(!link["flags"].list.contains("PROMISC") && !link["flags"].list.contains("ALLMULTI"))
    #expect(!FileManager.default.fileExists(atPath: b.tuningFile))
    try b.delete(own)
  },
  Case("item 139", "DEL without the link, and without the namespace", [.tuning]) { b in
    let previous = try b.makeInterface()
    let own = b.tuning(["mtu": 1400])
    _ = try b.add(own.with("prevResult", previous))
    try b.pod.namespace.run("ip", "link", "delete", "eth0")
    try b.delete(own)
    try b.delete(own) { $0.netns = "" }
    try b.delete(own) { $0.netns = "/run/netns/braid-test-none" }
    if Subject.isOurs { #expect(!FileManager.default.fileExists(atPath: b.tuningFile)) }
  },
  Case("item 140", "CHECK names each difference", [.tuning], specs: Spec.withCheck, reach: .since("1.4.0")) { b in
    let previous = try b.makeInterface()
    let sysctls: JSON = ["net.ipv4.conf.IFNAME.arp_filter": "1"]
    let all: JSONObject = [
      "mac": "02:00:00:00:00:31", "mtu": 1400, "promisc": true, "allmulti": true, "txQLen": 50, "sysctl": sysctls,
    ]
    let own = b.tuning(all)
    let result = try b.add(own.with("prevResult", previous))
    let changes: [(undo: [String], change: [String], text: String)] = [
      (["mtu", "1400"], ["mtu", "1450"], "Error: Tuning configured MTU of eth0 is 1400, current value is 1450"),
      (
        ["address", "02:00:00:00:00:31"], ["address", "02:00:00:00:00:32"],
        "Error: Tuning configured Ethernet of eth0 is 02:00:00:00:00:31, current value is 02:00:00:00:00:32"
      ),
      (["promisc", "on"], ["promisc", "off"], "Error: Tuning link eth0 configured promisc is true, current value is 0"),
      (
        ["txqueuelen", "50"], ["txqueuelen", "51"],
        "Error: Tuning configured Transmit Queue Length of eth0 is 50, current value is 51"
      ),
      (
        ["allmulticast", "on"], ["allmulticast", "off"],
        "Error: Tuning configured all-multicast mode of eth0 is true, current value is false"
      ),
    ]
    for change in changes {
      try b.pod.namespace.run("ip", "link", "set", "eth0", change.change[0], change.change[1])
      try b.refuses("CHECK", own.with("prevResult", result), 999, change.text)
      try b.pod.namespace.run("ip", "link", "set", "eth0", change.undo[0], change.undo[1])
    }
    try b.pod.namespace.run("sysctl", "-q", "-w", "net.ipv4.conf.eth0.arp_filter=0")
    try b.refuses(
      "CHECK", own.with("prevResult", result), 999,
      "Error: Tuning configured value of /proc/sys/net/ipv4/conf/eth0/arp_filter is 1, current value is 0")
  },
  Case("item 140", "CHECK reads values as the kernel means them", [.tuning], reach: .ours("the reference compares the texts")) {
    b in
    let previous = try b.makeInterface()
    let sysctls: JSON = ["net.ipv4.ip_local_port_range": "20000 30000", "net.core.somaxconn": "0x63"]
    let own = b.tuning(["mac": "02:00:00:00:00:AB", "sysctl": sysctls])
    let result = try b.add(own.with("prevResult", previous))
    try b.check(own, after: result)
  },
  Case("item 140", "CHECK leaves the promiscuity of others", [.tuning], reach: .ours("the reference refuses it")) { b in
    let previous = try b.makeInterface()
    let own = b.tuning(["mtu": 1400])
    let result = try b.add(own.with("prevResult", previous))
    try b.pod.namespace.run("ip", "link", "set", "eth0", "promisc", "on")
    try b.check(own, after: result)
  },
  Case("item 66", "unknown CNI_ARGS", [.tuning]) { b in
    let previous = try b.makeInterface()
    try b.refuses("ADD", b.tuning().with("prevResult", previous), 999) { $0.args = "A=b" }
    _ = try b.add(b.tuning().with("prevResult", previous)) { $0.args = "A=b;IgnoreUnknown=1" }
  },
  switched("the other's DEL restores the link", [.tuning]) { b, first, second in
    let previous = try b.makeInterface()
    let own = b.tuning(["mac": "02:00:00:00:00:31", "mtu": 1400, "promisc": true, "allmulti": true])
    _ = try b.add(own.with("prevResult", previous), from: first)
    try b.delete(own, from: second)
    let link = b.pod.namespace.link("eth0")
    #expect(link["address"] == previous["interfaces"][0]["mac"] && link["mtu"] == 1500)
    #expect(!link["flags"].list.contains("PROMISC") && !link["flags"].list.contains("ALLMULTI"))
    #expect(!FileManager.default.fileExists(atPath: b.tuningFile))
  },
]

extension Bench {
  /// The plugin's keys with a data directory of the case's own.
  fileprivate func tuning(_ own: JSONObject = [:]) -> JSONObject { own.with("dataDir", .string(directory["tuning"])) }

  fileprivate var tuningFile: String { "\(directory["tuning"])/\(pod.id)_\(pod.ifName).json" }

  /// The result of the interface `eth0`, which is there, in this version.
  fileprivate func makePrevious(_ spec: Spec) throws -> JSON {
    var ip: JSONObject = ["address": "10.1.0.2/24", "interface": 0]
    if spec < .v100 { ip["version"] = "4" }
    let interface: JSON = [
      "name": "eth0", "mac": pod.namespace.link("eth0")["address"], "sandbox": .string(pod.namespace.path),
    ]
    return ["cniVersion": .string(spec.rawValue), "interfaces": [interface], "ips": [.object(ip)]]
  }
}
