import JSON
import Testing

/// host-local's ranges: valid ones, and the texts about invalid ones (item 45).
let rangeCases: [Case] = [
  range(
    ["subnet": "10.0.0.5/24"],
    "invalid range set 0: Network has host bits set. For a subnet mask of length 24 the network address is 10.0.0.0"),
  range(
    ["subnet": "fd00::1/64"],
    "invalid range set 0: Network has host bits set. For a subnet mask of length 64 the network address is fd00::"),
  range(["subnet": "10.0.0.0/31"], "invalid range set 0: Network 10.0.0.0/31 too small to allocate from"),
  range(["subnet": "10.0.0.0/32"], "invalid range set 0: Network 10.0.0.0/32 too small to allocate from"),
  range(["subnet": "fd00::/127"], "invalid range set 0: Network fd00::/127 too small to allocate from"),
  range(
    ["subnet": "10.0.0.0/24", "rangeStart": "10.0.1.1"],
    "invalid range set 0: RangeStart 10.0.1.1 not in network 10.0.0.0/24"),
  range(["subnet": "10.0.0.0/24", "rangeEnd": "10.0.1.1"], "invalid range set 0: RangeEnd 10.0.1.1 not in network 10.0.0.0/24"),
  range(
    ["subnet": "10.0.0.0/24", "rangeStart": "10.0.0.9", "rangeEnd": "10.0.0.3"],
    "invalid range set 0: RangeStart 10.0.0.9 not in network 10.0.0.0/24"),
  range(
    ["subnet": "10.0.0.0/24", "rangeStart": "fd00::1"], "invalid range set 0: RangeStart fd00::1 not in network 10.0.0.0/24"),
  range(["subnet": "bogus"], "invalid CIDR address: bogus"),
  range(["subnet": "10.0.0.0/33"], nil),
  range(["subnet": "10.0.0/24"], "invalid CIDR address: 10.0.0/24"),
  range(["subnet": "10.0.0.0"], "invalid CIDR address: 10.0.0.0"),
  range(["subnet": "10.0.0.0/24", "rangeStart": "bogus"], "invalid IP address: bogus"),
  range(["subnet": "10.0.0.0/24", "rangeEnd": "10.0.0.256"], "invalid IP address: 10.0.0.256"),
  range(["subnet": "10.0.0.0/24", "gateway": "10.0.0.0/24"], "invalid IP address: 10.0.0.0/24"),

  sets([], "no IP ranges specified"),
  sets([[]], "invalid range set 0: empty range set"),
  sets([[["subnet": "10.0.0.0/24"]], []], "invalid range set 1: empty range set"),
  sets([[["subnet": "10.0.0.0/24"], ["subnet": "fd00::/64"]]], "invalid range set 0: mixed address families"),
  sets(
    [[["subnet": "10.0.0.0/24"], ["subnet": "10.0.0.0/25"]]],
    "invalid range set 0: subnets 10.0.0.1-10.0.0.254 and 10.0.0.1-10.0.0.126 overlap"),
  sets([[["subnet": "10.0.0.0/24"]], [["subnet": "10.0.0.128/25"]]], "range set 0 overlaps with 1"),
  sets([[["subnet": "10.1.0.0/24"]], [["subnet": "fd00::/64"]], [["subnet": "fd00::/48"]]], "range set 1 overlaps with 2"),

  refused("without ipam", [:], "IPAM config missing 'ipam' key"),
  refused("with a null ipam", ["ipam": .null], "IPAM config missing 'ipam' key"),
  refused("with an empty ipam", ["ipam": [:]], "no IP ranges specified"),
  refused("with null ranges", ["ipam": ["type": "host-local", "ranges": .null]], "no IP ranges specified"),
  refused("with an ipam that is a number", ["ipam": 5], nil),
  refused("with ranges that are an object", ["ipam": ["type": "host-local", "ranges": ["subnet": "10.0.0.0/24"]]], nil),
  refused("with a subnet that is a number", ["ipam": ["type": "host-local", "subnet": 10]], nil),

  Case("item 5; item 13", "two sets of a family need 0.3.0, on DEL too", [.hostLocal], specs: Spec.flat) { b in
    let text = "CNI version \(b.spec.rawValue) does not support more than 1 address per family"
    for command in ["ADD", "DEL"] { try b.refuses(command, ["ipam": hostLocal("10.0.0.0/24", "10.1.0.0/24")], 999, text) }
  },
  Case("item 41", "a gateway outside the subnet is given as it is", [.hostLocal]) { b in
    let result = try b.add(["ipam": ["type": "host-local", "subnet": "10.0.0.0/24", "gateway": "10.0.1.1"]])
    #expect(result["ips"] == [["address": "10.0.0.1/24", "gateway": "10.0.1.1"]])
  },
  Case("item 43", "an IPv4 and an IPv6 set give one address each", [.hostLocal], specs: Spec.allCases) { b in
    let result = try b.add(["ipam": hostLocal("10.0.0.0/24", "fd00::/64")])
    if Spec.flat.contains(b.spec) {
      #expect(result["ip4"]["ip"] == "10.0.0.2/24" && result["ip4"]["gateway"] == "10.0.0.1")
      #expect(result["ip6"]["ip"] == "fd00::2/64" && result["ip6"]["gateway"] == "fd00::1")
    } else {
      #expect(result["ips"].list.map { $0["address"] } == ["10.0.0.2/24", "fd00::2/64"])
      #expect(result["ips"].list.map { $0["gateway"] } == ["10.0.0.1", "fd00::1"])
    }
    #expect(result["interfaces"].isNull)
  },
]

private func range(_ range: JSON, _ text: String?) -> Case {
  refused("\(range.text()) alone", ["ipam": .object((range.object ?? [:]).with("type", "host-local"))], text)
}

private func sets(_ ranges: JSON, _ text: String) -> Case {
  refused("ranges \(ranges.text())", ["ipam": ["type": "host-local", "ranges": ranges]], text)
}

/// ADD refuses these. So do DEL and CHECK, because they read the configuration in the same way (item 40).
private func refused(_ what: String, _ own: JSONObject, _ text: String?) -> Case {
  Case("item 45", "\(what) is an error", [.hostLocal]) { b in
    for command in ["ADD", "DEL", "CHECK"] { try b.refuses(command, own, 999, text) }
    #expect(try b.reservations().isEmpty)
  }
}
