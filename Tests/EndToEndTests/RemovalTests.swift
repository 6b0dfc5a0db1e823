import Foundation
import JSON
import TestSupport
import Testing

@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan))
struct RemovalTests {
  @Test func delLeavesEverythingAsItWas() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try lab.add("c1", pod)
    #expect(!lab.left.isEmpty)
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
  }

  /// The workload moved its interfaces into a namespace of its own, which outlives the Pod.
  @Test func delFindsWhatTheWorkloadMovedAway() throws {
    let (lab, pod, inner) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    let before = try NamespaceDump(lab.node)
    _ = try lab.add("c1", pod)
    for link in ["eth0", "net2"] { try pod.run("ip", "link", "set", link, "netns", inner.path) }
    _ = try lab.call("c1", pod).with("DEL").run(on: lab.node).result()
    try expectNoChange(before, lab.node)
    #expect(try lab.left == [] && inner.json(.ip, "link", "show").array?.count == 1)
  }

  @Test func theOtherPodsBridgeStays() throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = (try lab.add("c1", one), try lab.add("c2", two))
    _ = try lab.call("c1", one).with("DEL").run(on: lab.node).result()
    try two.run("ping", "-c1", "-W2", "10.244.7.1")
    #expect(lab.reservations("pods") == ["10.244.7.3"])
  }

  @Test func aBridgeThatWasThereIsNotTakenAway() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    try lab.node.run("ip", "link", "add", "br-pods", "type", "bridge")
    _ = try lab.add("c1", pod)
    _ = try lab.call("c1", pod).with("DEL").run(on: lab.node).result()
    try lab.node.run("ip", "link", "show", "br-pods")
    #expect(throws: (any Error).self) { try lab.node.run("ip", "link", "show", "br-fabric") }
  }

  @Test func delWorksWithoutNamespacePolicyAndConfigurationOfTheAdd() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    pod.remove()
    try lab.setPolicy("this is no policy")
    var call = lab.call("c1", nil).with("DEL")
    call.netns = ""
    #expect(try call.run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  @Test func delOfTheUnknownSucceeds() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    #expect(try lab.call("nobody", pod).with("DEL").run(on: lab.node).result() == [:])
  }

  @Test func withoutARecordDelTakesWhatIsKnownForTheContainers() throws {
    let (lab, pod, other) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c2", other)
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod), lab.left)
    _ = try lab.add("c1", pod)
    try Command("rm", lab.directory["state/records/c1@eth0.json"]).require()
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == before.2)
  }

  @Test func withoutARecordDelTakesNothingByItsNameAlone() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    try pod.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "x0")
    let before = try NamespaceDump(pod)
    _ = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before, pod)
  }

  @Test func oneAttachmentsDelLeavesTheOthersOfTheContainer() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    let left = lab.left
    #expect(try lab.call("c1", pod, ifName: "net1").with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == left)
    #expect(try lab.call("c1", pod).with("CHECK").run(on: lab.node).succeeded)
  }

  @Test func aFailedAddLeavesNothing() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: fabric}, {network: broken}]}]",
      networks: Lab.networks + """

          broken:
            chain: [{type: macvlan, master: eth9, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.66.0.0/24}]]}}]
        """)
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.code == 7)
    for part in ["broken", "macvlan", "eth9", "net2"] { #expect(error.text.contains(part)) }
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  @Test func anInterfaceThatIsNotOursIsNeitherReplacedNorRemoved() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    try pod.run("ip", "link", "add", "net1", "type", "veth", "peer", "name", "other")
    let before = try NamespaceDump(pod)
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.text.contains("net1"))
    try expectNoChange(before, pod)
    #expect(lab.left == [])
  }

  @Test func anAddAfterAKilledOneReplacesIt() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    // The state after a SIGKILL just before the record was completed: everything is made, but the record is still pending.
    let file = "state/records/c1@eth0.json"
    let record = try lab.directory.read(file).replacingOccurrences(of: #""state":"complete""#, with: #""state":"pending""#)
    try lab.directory.write(file, record, mode: 0o600)
    let result = JSON.object(try lab.add("c1", pod))
    #expect(result["ips"]?.array?.count == 4)
    #expect(lab.reservations("pods").count == 1)
    #expect(try pod.json(.ip, "link", "show").array?.count == 4)
    _ = try lab.call("c1", pod).with("DEL").run(on: lab.node).result()
    #expect(lab.left == [])
  }

  /// The kernel may give a new namespace the inode number of an old one. Then the interfaces of the record are not there.
  @Test func anAddInANewNamespaceOfTheSameNumberReplacesTheOldOne() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try lab.add("c1", pod)
    #expect(try lab.call("c1", pod).run(on: lab.node).error().code == 4)
    for name in ["eth0", "net1"] { try pod.run("ip", "link", "delete", name) }
    // One remaining interface is enough.
    #expect(try lab.call("c1", pod).run(on: lab.node).error().code == 4)
    try pod.run("ip", "link", "delete", "net2")
    #expect(JSON.object(try lab.add("c1", pod))["ips"]?.array?.count == 4)
    #expect(["pods", "storage"].allSatisfy { lab.reservations($0).count == 1 })
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  @Test func anAddAfterARebootReplacesWhatTheOldBootHeld() throws {
    let (lab, old, new) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c1", old)
    old.remove()
    let file = "state/records/c1@eth0.json"
    let bootID = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).dropLast()
    let record = try lab.directory.read(file).replacingOccurrences(of: bootID, with: "00000000-0000-0000-0000-000000000000")
    try lab.directory.write(file, record, mode: 0o600)
    #expect(JSON.object(try lab.add("c1", new))["ips"]?.array?.count == 4)
    #expect(lab.reservations("pods").count == 1)
  }

  @Test func gcFreesWhatTheRuntimeDidNotList() throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = (try lab.add("c1", one), try lab.add("c2", two))
    let keys: JSONObject = ["cniVersion": "1.1.0", "cni.dev/valid-attachments": [["containerID": "c2", "ifname": "eth0"]]]
    #expect(try lab.call("x", nil, keys: keys).with("GC").run(on: lab.node).result() == [:])
    #expect(lab.reservations("pods") == ["10.244.7.3"])
    #expect(try one.json(.ip, "link", "show").array?.count == 1)
    try two.run("ping", "-c1", "-W2", "10.244.7.1")
    let none = try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("GC").run(on: lab.node).error()
    #expect(none.code == 7 && none.text.contains("cni.dev/valid-attachments"))
  }

  /// Pods of the node's earlier plugin are running, with reservations in the same directory.
  @Test func gcKeepsWhatAListedPodHasFromAnotherPlugin() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod, namespace: "web")
    for (address, owner) in [
      ("10.244.7.77", "old\r\neth0"), ("10.244.7.78", "dead\r\neth0"), ("10.244.7.79", "old\r\nnet1"),
      ("10.244.7.80", "dead\r\nnet1"),
    ] {
      try lab.directory.write("ipam/pods/\(address)", owner, mode: 0o600)
    }
    let valid: JSON = [["containerID": "c1", "ifname": "eth0"], ["containerID": "old", "ifname": "eth0"]]
    let gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC")
    #expect(try gc.run(on: lab.node).result() == [:])
    #expect(Set(lab.reservations("pods")) == ["10.244.7.2", "10.244.7.77", "10.244.7.79"])
  }

  /// A Pod's record was set aside, so Braid no longer knows what the Pod has. Only the runtime knows that the Pod exists.
  @Test func gcKeepsWhatAListedPodHasWhoseRecordIsLost() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    try lab.directory.write("state/records/c1@eth0.json", "{", mode: 0o600)
    func gc(_ valid: JSON) throws -> PluginAnswer {
      try lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC").run(on: lab.node)
    }
    let listed: JSON = [["containerID": "c1", "ifname": "eth0"]]
    let first = try gc(listed)
    #expect(first.succeeded && first.output.stderr.contains("c1@eth0.json"), "\(first)")
    let second = try gc(listed)
    #expect(second.succeeded && second.output.stderr == "", "\(second)")
    for network in ["pods", "storage", "fabric"] { #expect(lab.reservations(network).count >= 1, "\(network)") }
    // When the runtime no longer lists the Pod, its addresses are free.
    #expect(try gc([]).result() == [:])
    for network in ["pods", "storage", "fabric"] { #expect(lab.reservations(network) == [], "\(network)") }
  }

  @Test func checkFindsWhatIsGone() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    let check = lab.call("c1", pod).with("CHECK")
    #expect(try check.run(on: lab.node).result() == [:])
    try pod.run("ip", "address", "del", "10.7.0.2/24", "dev", "net2")
    let error = try check.run(on: lab.node).error()
    #expect(error.text.contains("fabric") && error.text.contains("10.7.0.2/24"))
    #expect(try lab.call("c9", pod).with("CHECK").run(on: lab.node).error().code == 3)
  }

  @Test func checkTellsTheFirstDifferenceAndAllOthers() throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod)
    try pod.run("ip", "address", "flush", "dev", "net1")
    try pod.run("ip", "link", "set", "eth0", "down")
    try Command("rm", lab.directory["ipam/fabric/10.7.0.2"]).require()
    let error = try lab.call("c1", pod).with("CHECK").run(on: lab.node).error()
    #expect(error.text.hasPrefix("network \"pods\" (interface eth0): bridge"), "\(error)")
    for text in ["is down", "192.168.40.64/24", "network \"storage\" (interface net1)", "network \"fabric\" (interface net2)"] {
      #expect(error.text.contains(text), "\(text) in \(error)")
    }
  }

  @Test func statusTellsWhatStandsInTheWay() throws {
    let lab = try Lab()
    let status = lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS")
    #expect(try status.run(on: lab.node).result() == [:])
    try lab.node.run("ip", "link", "delete", "eth1")
    // Only some Pods need that card.
    #expect(try status.run(on: lab.node).result() == [:])
    try lab.setPolicy(
      try lab.directory.read("policy.yaml").replacingOccurrences(of: "storage:\n", with: "storage:\n    required: true\n"))
    let error = try status.run(on: lab.node).error()
    // The master is gone, so attached Pods have lost their LAN too.
    #expect(error.code == 51 && error.text.contains("storage") && error.text.contains("eth1"))
    try lab.setPolicy("apiVersion: braid/v1\nkind: Policy\nnetworks: {}\nrules: []\n")
    #expect(try status.run(on: lab.node).error().code == 50)
  }

  @Test func delLeavesANamespaceAloneThatIsNotTheAdds() throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = (try lab.add("c1", one), try lab.add("c2", two))
    // The path that the runtime gives now leads to another container.
    var call = lab.call("c1", one).with("DEL")
    call.netns = two.path
    #expect(try call.run(on: lab.node).result() == [:])
    #expect(try two.json(.ip, "link", "show").array?.count == 4)
    #expect(try one.json(.ip, "link", "show").array?.count == 1)
    #expect(lab.reservations("pods") == ["10.244.7.3"])
  }

  @Test func gcOfOneConfigurationKeepsTheOthersPods() throws {
    let (lab, one, two) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c1", one)
    _ = try lab.call("c2", two, keys: ["name": "other"]).run(on: lab.node).result()
    let keys: JSONObject = ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]
    #expect(try lab.call("x", nil, keys: keys).with("GC").run(on: lab.node).result() == [:])
    #expect(lab.reservations("pods") == ["10.244.7.3"])
    try two.run("ping", "-c1", "-W2", "10.244.7.1")
  }

  @Test(arguments: ["bridge", "macvlan", "loopback"])
  func anInterfacePluginIsNoIPAM(_ type: String) throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: odd}]}]",
      networks: "apiVersion: braid/v1\nkind: Policy\nnetworks:\n  odd:\n    chain: [{type: bridge, ipam: {type: \(type)}}]")
    let pod = try ScratchNamespace()
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains(type))
  }
}
