import JSON
import TestSupport
import Testing

@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan))
struct AddTests {
  @Test func aPodOfThreeNetworksGetsThemAll() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let result = JSON.object(try lab.add("c1", pod))
    let interfaces = try #require(result["interfaces"]?.array)
    let ips = try #require(result["ips"]?.array)
    #expect(
      interfaces.filter { $0["sandbox"]?.string == pod.path }.compactMap { $0["name"]?.string } == ["eth0", "net1", "net2"])
    #expect(result["ips", 0, "interface"] == 0 && result["interfaces", 0, "name"] == "eth0")
    for ip in ips { #expect(interfaces.indices.contains(try #require(ip["interface"]?.int))) }
    #expect(ips.compactMap { $0["address"]?.string } == ["10.244.7.2/24", "192.168.40.64/24", "10.7.0.2/24", "fd00:7::2/64"])
    #expect(result["routes"]?.array?.count == 1)
  }

  @Test func theKernelHasWhatTheResultSays() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let result = JSON.object(try lab.add("c1", pod))
    let links = try #require(pod.json(.ip, "-d", "addr", "show").array)
    for interface in try #require(result["interfaces"]?.array) where interface["sandbox"]?.string == pod.path {
      let link = try #require(links.first { $0["ifname"] == interface["name"] })
      #expect(link["address"] == interface["mac"] && link["operstate"] == "UP")
    }
    let addresses = links.flatMap { $0["addr_info"]?.array ?? [] }.filter { $0["scope"] == "global" }
    #expect(Set(addresses.compactMap { $0["local"]?.string }) == ["10.244.7.2", "192.168.40.64", "10.7.0.2", "fd00:7::2"])
    #expect(addresses.allSatisfy { $0["tentative"] == nil })
    let defaults = try #require(pod.json(.ip, "route", "show", "default").array)
    #expect(defaults.count == 1 && defaults[0]["gateway"] == "10.244.7.1" && defaults[0]["dev"] == "eth0")
    #expect(try pod.json(.ip, "-6", "route", "show", "default").array == [])
    try pod.run("ping", "-c1", "-W2", "10.244.7.1")
    try pod.run("ping", "-c1", "-W2", "fd00:7::1")
  }

  @Test func theFirstRuleThatMatchesWins() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let result = JSON.object(try lab.add("c1", pod, namespace: "web"))
    #expect(result["ips"]?.array?.count == 1)
    #expect(try lab.directory.read("state/records/c1@eth0.json").contains(#""rule":"everyone""#))
  }

  @Test func podsReachEachOtherOnEveryNetwork() throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c1", one)
    let result = JSON.object(try lab.add("c2", two))
    for ip in try #require(result["ips"]?.array) {
      let address = try #require(ip["address"]?.string).prefix { $0 != "/" }
      try one.run("ping", "-c1", "-W2", String(address))
    }
  }

  @Test func theDeclaredOwnerGetsADefaultRouteThroughItsGateway() throws {
    let lab = try Lab("rules: [{name: all, attach: [{network: pods}, {network: fabric, defaultRoute: true}]}]")
    let pod = try ScratchNamespace()
    let result = JSON.object(try lab.add("c1", pod))
    let defaults = try #require(pod.json(.ip, "route", "show", "default").array)
    #expect(defaults.count == 1 && defaults[0]["gateway"] == "10.7.0.1" && defaults[0]["dev"] == "net1")
    let six = try #require(pod.json(.ip, "-6", "route", "show", "default").array)
    #expect(six.count == 1 && six[0]["gateway"] == "fd00:7::1")
    #expect(result["routes"]?.array?.compactMap { $0["gw"]?.string } == ["10.7.0.1", "fd00:7::1"])
  }

  @Test func aSecondAddIsRefusedAndChangesNothing() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    let before = try NamespaceDump(pod)
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.code == 4 && error.text.contains("c1") && error.text.contains("eth0"))
    try expectNoChange(before, pod)
  }

  @Test(arguments: ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"])
  func theResultHasTheRuntimesVersion(_ version: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let result = JSON.object(try lab.call("c1", pod, keys: ["cniVersion": .string(version)]).run(on: lab.node).result())
    #expect(result["cniVersion"]?.string == version)
    if version < "0.3.0" {
      #expect(result["ip4", "ip"] == "10.244.7.2/24" && result["ip6", "ip"] == "fd00:7::2/64")
    } else {
      #expect(result["ips"]?.array?.count == 4)
      #expect((result["ips", 0, "version"] != nil) == (version < "1.0.0"))
    }
  }

  @Test func addressesOfCNIArgsAreForTheFirstNetworkAlone() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    var call = lab.call("c1", pod)
    call.args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=db;IP=10.244.7.77;MAC=02:00:00:00:00:77"
    let result = JSON.object(try call.run(on: lab.node).result())
    #expect(result["ips", 0, "address"] == "10.244.7.77/24" && result["interfaces", 0, "mac"] == "02:00:00:00:00:77")
    #expect(result["ips", 1, "address"] == "192.168.40.64/24")
  }
}
