import JSON
import TestSupport
import Testing

/// CNI_NETNS and CNI_NETNS_OVERRIDE (item 8).
let namespaceCases: [Case] = [
  Case("item 8", "the plugin's own namespace is code 8", [.bridge, .macvlan, .ptp, .loopback], reach: .since("1.4.0")) { b in
    try b.prepare()
    let text = "plugin's netns and netns from CNI_NETNS should not be the same"
    for command in ["ADD", "DEL"] { try b.refuses(command, b.plain, 8, text) { $0.netns = b.node.path } }
  },
  Case(
    "item 8", "nothing is made in the plugin's own namespace", [.bridge, .loopback], reach: .ours("the reference looks too late")
  ) { b in
    try b.refuses("ADD", b.plain, 8) { $0.netns = b.node.path }
    #expect(try b.node.links().isEmpty && !b.node.link("lo")["flags"].list.contains("UP"))
  },
  Case("item 8", "CNI_NETNS_OVERRIDE allows the plugin's own namespace", [.loopback]) { b in
    for value in ["1", "true", "TRUE"] {
      _ = try b.add([:]) {
        $0.netns = b.node.path
        $0.environment["CNI_NETNS_OVERRIDE"] = value
      }
      try b.delete([:]) {
        $0.netns = b.node.path
        $0.environment["CNI_NETNS_OVERRIDE"] = value
      }
    }
  },
  Case("item 8", "CNI_NETNS_OVERRIDE of 0 allows nothing", [.loopback], reach: .since("1.4.0")) { b in
    try b.refuses("ADD", [:], 8) {
      $0.netns = b.node.path
      $0.environment["CNI_NETNS_OVERRIDE"] = "0"
    }
  },
  Case("spec 2, CNI_NETNS", "a path that leads nowhere is named", [.bridge, .macvlan, .ptp, .loopback]) { b in
    try b.prepare()
    let path = b.directory["nowhere"]
    let text = "failed to open netns \"\(path)\": failed to Statfs \"\(path)\": no such file or directory"
    // Only bridge has the path in its text. The other plugins' texts lack it.
    try b.refuses("ADD", b.plain, 999, b.plugin == .bridge ? text : nil) { $0.netns = path }
    try b.delete(b.plain) { $0.netns = path }
  },
  Case("item 8", "another path of the container's namespace is as good", [.bridge, .macvlan, .ptp, .loopback]) { b in
    try b.prepare()
    let link = b.directory["netns"]
    try Command("ln", "-s", b.pod.namespace.path, link).require()
    let result = try b.add(b.plain) { $0.netns = link }
    #expect(result["interfaces"].list.last?["sandbox"].string == link)
    try b.delete(b.plain) { $0.netns = link }
  },
]

/// GC and STATUS of version 1.1.0, for plugins that do something there.
let networkCases: [Case] = [
  Case(
    "spec 2, GC", "GC frees what the runtime does not list", [.hostLocal, .bridge, .macvlan, .ptp], specs: [.v110],
    reach: .ours("the reference's host-local has no GC")
  ) { b in
    let own = try b.plugin == .hostLocal ? b.plain.with("ipam", hostLocal("10.1.0.0/24")) : b.connected()
    let pods = try [b.pod, Pod(), Pod()]
    for pod in pods { _ = try b.add(own, pod) }
    let valid: JSON = [["containerID": .string(pods[1].id), "ifname": "eth0"]]
    try b.delete(own, pods[2])
    let answer = try b.call("GC", own.with("cni.dev/valid-attachments", valid)) {
      ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil)
    }
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)")
    #expect(try b.reserved() == ["10.1.0.3"])
  },
  Case(
    "spec 2, GC", "GC with a null list frees everything", [.hostLocal], specs: [.v110],
    reach: .ours("the reference's host-local has no GC")
  ) { b in
    _ = try b.add(b.plain)
    let answer = try b.call("GC", b.plain.with("cni.dev/valid-attachments", .null)) {
      ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil)
    }
    #expect(answer.succeeded, "\(answer)")
    #expect(try b.reserved().isEmpty)
  },
  Case(
    "spec 2, STATUS", "STATUS of a plugin that could serve no ADD fails", [.hostLocal, .macvlan], specs: [.v110],
    reach: .ours("the reference's STATUS looks at nothing")
  ) { b in
    if b.plugin == .hostLocal { _ = try b.add(["ipam": hostLocal("10.0.0.0/30")]) }
    let own = b.plugin == .hostLocal ? ["ipam": hostLocal("10.0.0.0/30")] : b.plain
    let answer = try b.call("STATUS", own) { ($0.containerID, $0.netns, $0.ifName) = (nil, nil, nil) }
    #expect(answer.status == 1, "\(answer)")
    _ = try answer.error()
  },
]
