import Foundation
import JSON
import TestSupport
import Testing

/// `braidctl render`: a Pod gets the same from its lists, run plugin by plugin as a runtime does, as from Braid.
@Suite(.needsRoot, .needs(kernel: .macvlan)) struct RenderTests {
  /// A Pod's addresses and routes, without those that the kernel adds itself.
  private func wiring(_ pod: ScratchNamespace) throws -> [String] {
    var lines: [String] = []
    for link in try pod.json(.ip, "addr", "show").array ?? [] {
      for address in link["addr_info"]?.array ?? [] where address["scope"] == "global" {
        lines.append("\(link["ifname"]?.string ?? "") \(address["local"]?.string ?? "")/\(address["prefixlen"]?.int ?? -1)")
      }
      if link["ifname"] != "lo" { lines.append("\(link["ifname"]?.string ?? "") \(link["mtu"]?.int ?? 0)") }
    }
    for family in ["-4", "-6"] {
      for route in try pod.json(.ip, family, "route", "show").array ?? [] where route["dst"] != "fe80::/64" {
        lines.append("\(route["dst"]?.string ?? "") via \(route["gateway"]?.string ?? "-") dev \(route["dev"]?.string ?? "")")
      }
    }
    return lines.sorted()
  }

  /// Runs the plugins of a list in order, each with the result of the one before.
  private func add(_ item: JSON, _ lab: Lab, _ pod: ScratchNamespace) throws {
    let list = try #require(item["conflist"]?.object)
    var previous: JSON?
    for plugin in list["plugins"]?.array ?? [] {
      var configuration = try #require(plugin.object)
      (configuration["cniVersion"], configuration["name"], configuration["prevResult"]) = (
        list["cniVersion"], list["name"], previous
      )
      let type = try #require(configuration["type"]?.string)
      let program = lab.directory["plugins/\(type)"]
      try FileManager.default.createDirectory(atPath: lab.directory["plugins"], withIntermediateDirectories: true)
      symlink(Products.braid, program)
      symlink(Products.braid, lab.directory["plugins/host-local"])
      var call = PluginCall(program, containerID: "c1", netns: pod, configuration: .object(configuration))
      (call.ifName, call.path) = (item["interface"]?.string, lab.directory["plugins"])
      previous = .object(try call.run(on: lab.node).result())
    }
  }

  @Test(arguments: [
    "{network: pods, defaultRoute: true}, {network: storage}, {network: fabric}",
    "{network: fabric}, {network: pods, interface: lan0, defaultRoute: false}",
    "{network: fabric, defaultRoute: ipv6}, {network: pods, interface: up0, defaultRoute: ipv4, mtu: 1400}",
    "{network: storage, defaultRoute: true, ips: [192.168.40.77]}", "{network: pods}, {network: fabric, defaultRoute: true}",
  ])
  func theListsHaveTheSameEffect(_ attach: String) throws {
    let rules = "rules: [{name: all, attach: [\(attach)]}]"
    let (ours, theirs, pod, other) = (try Lab(rules), try Lab(rules), try ScratchNamespace(), try ScratchNamespace())
    _ = try ours.add("c1", pod)
    let output = try Command(Products.braidctl, "render", theirs.directory["policy.yaml"], "--namespace", "db").require()
    let items = try #require(try JSON(parsing: output).array)
    for item in items { try add(item, theirs, other) }
    #expect(items.flatMap { $0["notes"]?.array ?? [] } == [])
    let (got, wanted) = (try wiring(other), try wiring(pod))
    #expect(got == wanted)
    #expect(wanted.count > 3)
  }

  /// With the rendered file a runtime makes Braid follow the policy. The file declares no capability that the policy cannot use.
  @Test func theRuntimesFile() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let text = try Command(Products.braidctl, "render", "--runtime-conflist", lab.directory["policy.yaml"]).require()
    let plugin = try #require(try JSON(parsing: text)["plugins", 0]?.object)
    #expect(plugin["type"] == "braid" && plugin["policy"] == .string(lab.directory["policy.yaml"]))
    #expect(plugin["capabilities"]?.object?.members.map(\.name).sorted() == ["ips", "mac"])
    #expect(try lab.call("c1", pod, keys: plugin).run(on: lab.node).result()["ips"]?.array?.count == 4)
    try lab.setPolicy(Lab.networks + "\nrules: [{name: a, match: {annotations: {x: y}}, attach: [{network: storage}]}]\n")
    let annotated = try Command(Products.braidctl, "render", "--runtime-conflist", lab.directory["policy.yaml"]).require()
    #expect(try JSON(parsing: annotated)["plugins", 0, "capabilities", "io.kubernetes.cri.pod-annotations"] == true)
    #expect(plugin["onInvalidPolicy"] == nil)
    // On Kubernetes a mistake in the policy must not stop the node.
    let kubernetes = ["render", "--runtime-conflist", "--for", "kubernetes", lab.directory["policy.yaml"]]
    #expect(
      try JSON(parsing: try Command([Products.braidctl] + kubernetes).require())["plugins", 0, "onInvalidPolicy"] == "keep")
    #expect(try Command(Products.braidctl, "render", "--for", "kubernetes", lab.directory["policy.yaml"]).run().status == 2)
  }
}
