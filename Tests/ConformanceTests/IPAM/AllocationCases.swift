import Foundation
import Glibc
import JSON
import Testing

/// host-local's choice of addresses, and its files.
let allocationCases: [Case] = [
  Case("item 39", "a reservation is a file with the ID and the interface", [.hostLocal]) { b in
    _ = try b.add(["ipam": hostLocal("10.0.0.0/24", "fd00::/64")])
    #expect(try b.reservations() == ["10.0.0.2": "\(b.pod.id)\r\neth0", "fd00::2": "\(b.pod.id)\r\neth0"])
    #expect(try b.file("last_reserved_ip.0") == "10.0.0.2" && b.file("last_reserved_ip.1") == "fd00::2")
    #expect(FileManager.default.fileExists(atPath: "\(b.dataDir)/net1/lock"))
  },
  Case("item 39", "the reservations' mode is 0600", [.hostLocal], reach: .since("1.6.0")) { b in
    _ = try b.add(["ipam": hostLocal("10.0.0.0/24")])
    let file = try FileManager.default.attributesOfItem(atPath: "\(b.dataDir)/net1/10.0.0.2")
    #expect((file[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  },
  Case("item 39", "each network has a directory", [.hostLocal]) { b in
    _ = try b.add(["name": "a", "ipam": hostLocal("10.0.0.0/24")])
    _ = try b.add(["name": "b", "ipam": hostLocal("10.0.0.0/24")])
    #expect(try b.reserved("a") == ["10.0.0.2"] && b.reserved("b") == ["10.0.0.2"])
  },
  Case("item 40", "DEL gives back, and does so again without complaint", [.hostLocal], specs: Spec.allCases) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    try b.delete(own)
    _ = try b.add(own)
    try b.delete(own)
    #expect(try b.reservations().isEmpty)
    try b.delete(own)
  },
  Case("item 40", "DEL leaves the container's other interface alone", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    let other = Pod(of: b.pod, ifName: "net1")
    _ = try (b.add(own), b.add(own, other))
    try b.delete(own)
    #expect(try b.reservations() == ["10.0.0.3": "\(other.id)\r\nnet1"])
  },
  Case("item 40", "DEL leaves an ID alone that begins alike", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    _ = try b.add(own) { $0.containerID = "abc" }
    _ = try b.add(own) { $0.containerID = "abcd" }
    try b.delete(own) { $0.containerID = "abc" }
    #expect(try b.reservations() == ["10.0.0.3": "abcd\r\neth0"])
  },
  Case("item 40", "DEL frees a file that holds only the ID", [.hostLocal]) { b in
    try b.directory.write("networks/net1/10.0.0.9", b.pod.id)
    try b.directory.write("networks/net1/10.0.0.10", b.pod.id + "\n")
    try b.directory.write("networks/net1/10.0.0.11", "someone-else")
    try b.delete(["ipam": hostLocal("10.0.0.0/24")])
    #expect(try b.reservations() == ["10.0.0.11": "someone-else"])
  },
  Case("item 40", "DEL frees what lies outside today's ranges", [.hostLocal]) { b in
    _ = try b.add(["ipam": hostLocal("10.0.0.0/24")])
    try b.delete(["ipam": hostLocal("10.7.0.0/24")])
    #expect(try b.reservations().isEmpty)
  },
  Case("item 12", "CNI_NETNS need not exist", [.hostLocal, .static]) { b in
    let own: JSONObject = ["ipam": b.plugin == .static ? statically("10.0.0.2/24") : hostLocal("10.0.0.0/24")]
    _ = try b.add(own) { $0.netns = "/proc/nowhere/netns" }
    try b.delete(own) { $0.netns = "/proc/nowhere/netns" }
    try b.delete(own) { $0.netns = nil }
    #expect(try b.reservations().isEmpty)
  },
  Case("item 41", "a freed address is not given again at once", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/29")]
    var given: [String] = []
    for _ in 0..<7 {
      given.append(try b.add(own)["ips"][0]["address"].text)
      try b.delete(own)
    }
    #expect(given == [2, 3, 4, 5, 6, 2, 3].map { "10.0.0.\($0)/29" })
  },
  Case("item 41", "the search goes on behind the last reservation", [.hostLocal]) { b in
    try b.directory.write("networks/net1/last_reserved_ip.0", "10.0.0.9")
    try b.directory.write("networks/net1/10.0.0.10", "someone\r\neth0")
    let given = try b.add(["ipam": hostLocal("10.0.0.0/24")])
    #expect(given["ips"][0]["address"] == "10.0.0.11/24")
  },
  Case("item 41", "a last reservation outside the set, or no address at all, starts from the beginning", [.hostLocal]) { b in
    for text in ["10.9.9.9", "bogus", "", "10.0.0.9\n"] {
      try b.directory.write("networks/net1/last_reserved_ip.0", text)
      let given = try b.add(["ipam": hostLocal("10.0.0.0/24")])
      #expect(given["ips"][0]["address"] == "10.0.0.2/24")
      try b.delete(["ipam": hostLocal("10.0.0.0/24")])
    }
  },
  Case("item 41", "a set goes on in its next range", [.hostLocal]) { b in
    let own: JSONObject = [
      "ipam": ["type": "host-local", "ranges": [[["subnet": "10.0.0.0/30"], ["subnet": "10.1.0.0/30"]]]]
    ]
    let pods = try (0..<3).map { _ in try Pod() }
    let given = try b.add(own, pods[0])
    #expect(given["ips"] == [["address": "10.0.0.2/30", "gateway": "10.0.0.1"]])
    let next = try b.add(own, pods[1])
    #expect(next["ips"] == [["address": "10.1.0.2/30", "gateway": "10.1.0.1"]])
    try b.refuses(
      "ADD", own, 999,
      "failed to allocate for range 0: no IP addresses available in range set: 10.0.0.1-10.0.0.2,10.1.0.1-10.1.0.2", pods[2])
  },
  Case("item 41", "rangeStart and rangeEnd are both included", [.hostLocal]) { b in
    let own: JSONObject = [
      "ipam": ["type": "host-local", "subnet": "10.0.0.0/24", "rangeStart": "10.0.0.20", "rangeEnd": "10.0.0.21"]
    ]
    let given = try b.add(own, Pod())
    #expect(given["ips"][0]["address"] == "10.0.0.20/24")
    let next = try b.add(own, Pod())
    #expect(next["ips"][0]["address"] == "10.0.0.21/24")
    try b.refuses(
      "ADD", own, 999,
      "failed to allocate for range 0: no IP addresses available in range set: 10.0.0.20-10.0.0.21", Pod())
  },
  Case("item 41", "the gateway inside the range is skipped", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": ["type": "host-local", "subnet": "10.0.0.0/29", "gateway": "10.0.0.2"]]
    let given = try b.add(own, Pod())
    #expect(given["ips"][0] == ["address": "10.0.0.1/29", "gateway": "10.0.0.2"])
    let next = try b.add(own, Pod())
    #expect(next["ips"][0]["address"] == "10.0.0.3/29")
  },
  Case("item 41", "the last address of an IPv6 subnet is given, an IPv4 broadcast is not", [.hostLocal]) { b in
    let six: JSONObject = ["name": "six", "ipam": hostLocal("fd00::/126")]
    let given = try b.add(six, Pod())
    #expect(given["ips"][0]["address"] == "fd00::2/126")
    let next = try b.add(six, Pod())
    #expect(next["ips"][0]["address"] == "fd00::3/126")
    let four: JSONObject = ["name": "four", "ipam": hostLocal("10.0.0.0/30")]
    let third = try b.add(four, Pod())
    #expect(third["ips"][0]["address"] == "10.0.0.2/30")
    try b.refuses(
      "ADD", four, 999,
      "failed to allocate for range 0: no IP addresses available in range set: 10.0.0.1-10.0.0.2", Pod())
  },
  Case("item 41", "a later set's failure gives the earlier sets' addresses back", [.hostLocal]) { b in
    try b.directory.write("networks/net1/10.1.0.2", "someone\r\neth0")
    try b.refuses(
      "ADD", ["ipam": hostLocal("10.0.0.0/24", "10.1.0.0/30")], 999,
      "failed to allocate for range 1: no IP addresses available in range set: 10.1.0.1-10.1.0.2")
    #expect(try b.reservations() == ["10.1.0.2": "someone\r\neth0"])
  },
  Case("item 42", "a second ADD of the same attachment fails and leaves the first one's address", [.hostLocal]) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    _ = try b.add(own)
    try b.refuses(
      "ADD", own, 999,
      "failed to allocate for range 0: 10.0.0.2 has been allocated to \(b.pod.id), duplicate allocation is not allowed")
    #expect(try b.reserved() == ["10.0.0.2"])
  },
  Case("item 43", "the sets are runtimeConfig.ipRanges, subnet, ranges", [.hostLocal]) { b in
    let result = try b.add([
      "runtimeConfig": ["ipRanges": [[["subnet": "10.3.0.0/24"]]]],
      "ipam": ["type": "host-local", "subnet": "10.2.0.0/24", "ranges": [[["subnet": "10.1.0.0/24"]]]],
    ])
    #expect(result["ips"].list.map { $0["address"] } == ["10.3.0.2/24", "10.2.0.2/24", "10.1.0.2/24"])
    #expect(try b.file("last_reserved_ip.2") == "10.1.0.2")
  },
  Case("item 43", "ipRanges alone are enough", [.hostLocal]) { b in
    let result = try b.add(["runtimeConfig": ["ipRanges": [[["subnet": "10.3.0.0/24"]]]], "ipam": ["type": "host-local"]])
    #expect(result["ips"] == [["address": "10.3.0.2/24", "gateway": "10.3.0.1"]])
  },
  Case("spec 4", "routes are passed on as they are", [.hostLocal, .static], specs: Spec.allCases) { b in
    let routes: [JSON] = [["dst": "0.0.0.0/0"], ["dst": "192.168.0.0/16", "gw": "10.0.0.99"], ["dst": "fd77::/64"]]
    let ipam =
      b.plugin == .static
      ? statically("10.0.0.2/24", "fd00::2/64", routes: routes) : hostLocal("10.0.0.0/24", "fd00::/64", routes: routes)
    let result = try b.add(["ipam": ipam])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["routes"] == .array(Array(routes[...1])) && result["ip6"]["routes"] == [routes[2]])
    } else {
      #expect(result["routes"] == .array(routes))
    }
  },
  Case("spec 2, CHECK", "CHECK finds the reservation, and misses it when it is gone", [.hostLocal], specs: Spec.withCheck) { b in
    let own: JSONObject = ["ipam": hostLocal("10.0.0.0/24")]
    let missing = "host-local: Failed to find address added by container \(b.pod.id)"
    try b.refuses("CHECK", own, 999, missing)
    let result = try b.add(own)
    try b.check(own, after: result)
    unlink("\(b.dataDir)/net1/10.0.0.2")
    try b.refuses("CHECK", own.with("prevResult", result), 999, missing)
  },
]
