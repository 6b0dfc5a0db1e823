import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Others change a Pod's network or Braid's files between ADD and DEL.
@Suite(.needsRoot, .needs(kernel: .bridge), .needs(kernel: .macvlan)) struct TamperingTests {
  struct Deed: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// A shell script. DIR is the lab's directory.
    let command: String
    var onNode = false
    var namespace = "db"
  }

  static let deeds: [Deed] = [
    .init(testDescription: "bridge deleted", command: "ip link delete br-pods", onNode: true),
    .init(
      testDescription: "bridge deleted, its name another link's",
      command: "ip link delete br-pods; ip link add br-pods type veth peer name x0", onNode: true),
    .init(
      testDescription: "bridge made anew", command: "ip link delete br-pods; ip link add br-pods type bridge", onNode: true),
    .init(
      testDescription: "bridge renamed", command: "ip link set br-pods down; ip link set br-pods name br-other", onNode: true),
    .init(testDescription: "port unplugged", command: "ip link set $(ls /sys/class/net/br-pods/brif) nomaster", onNode: true),
    .init(testDescription: "port deleted", command: "ip link delete $(ls /sys/class/net/br-pods/brif)", onNode: true),
    .init(testDescription: "master deleted", command: "ip link delete eth1", onNode: true),
    .init(testDescription: "interface deleted", command: "ip link delete net1"),
    .init(testDescription: "interface renamed", command: "ip link set net2 down; ip link set net2 name odd0"),
    .init(
      testDescription: "only interface renamed", command: "ip link set eth0 down; ip link set eth0 name odd0",
      namespace: "web"),
    .init(
      testDescription: "two interfaces that swap their names",
      command: """
        for i in eth0 net2; do ip link set $i down; done
        ip link set eth0 name x; ip link set net2 name eth0; ip link set x name net2
        """),
    .init(
      testDescription: "the loopback takes the interface's name",
      command: "for i in eth0 lo; do ip link set $i down; done; ip link set eth0 name x; ip link set lo name eth0"),
    .init(
      testDescription: "a macvlan that shows nothing of its own",
      command: """
        ip link set net1 down; ip link set net1 name odd0; ip link set odd0 group 0; ip link set odd0 address 02:00:00:00:00:77
        """),
    .init(
      testDescription: "a veth that shows nothing of its own",
      command: """
        ip link set net2 down; ip link set net2 name odd0; ip link set odd0 group 0; ip link set odd0 address 02:00:00:00:00:77
        """),
    .init(testDescription: "addresses flushed", command: "ip address flush dev eth0"),
    .init(testDescription: "reservation removed", command: "rm DIR/ipam/pods/10.244.7.2", onNode: true),
    .init(testDescription: "reservations removed whole", command: "rm -r DIR/ipam", onNode: true),
    .init(testDescription: "index removed", command: "rm -r DIR/ipam/.braid", onNode: true),
    .init(testDescription: "lock files removed", command: "rm DIR/state/lock DIR/state/bridges DIR/ipam/*/lock", onNode: true),
    .init(
      testDescription: "foreign files beside ours",
      command: """
        for i in state/records state ipam/pods ipam ipam/.braid; do
          echo x >DIR/$i/README; mkdir DIR/$i/lost+found; mkfifo DIR/$i/fifo; ln -s /dev/zero DIR/$i/zero
        done
        """, onNode: true),
  ]

  /// Runs the script, with a /sys that shows the links of the namespace.
  private func carryOut(_ deed: Deed, _ lab: Lab, _ pod: ScratchNamespace) throws {
    let command = deed.command.replacingOccurrences(of: "DIR", with: lab.directory.path)
    try Command("unshare", "-m", "sh", "-ec", "mount -t sysfs none /sys\n" + command).require(in: deed.onNode ? lab.node : pod)
  }

  /// After any of these changes DEL succeeds, and everything that Braid made is gone.
  @Test(arguments: deeds) func delSucceedsAfter(_ deed: Deed) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod, namespace: deed.namespace)
    try carryOut(deed, lab, pod)
    #expect(try lab.call("c1", pod, namespace: deed.namespace).with("DEL").run(on: lab.node).result() == [:])
    #expect(try pod.json(.ip, "link", "show").array?.count == 1)
    let records = lab.directory.list("state/records").filter { $0.hasSuffix(".json") }
    #expect(records == [] && ["pods", "storage", "fabric"].allSatisfy { lab.reservations($0) == [] })
    let links = try lab.node.json(.ip, "link", "show").array?.compactMap { $0["ifname"]?.string } ?? []
    let others = ["lo", "eth1", "lan1", "x0"] + (deed.command.contains("ip link add br-pods") ? ["br-pods"] : [])
    #expect(links.filter { !others.contains($0) && $0 != "br-other" } == [])
    // The next Pod gets its network too, unless the change took the bridge's name or the card away.
    guard !deed.command.contains("peer name"), !deed.command.contains("eth1"),
      !deed.command.contains("set lo name")
    else { return }
    _ = try lab.add("c2", pod, namespace: deed.namespace)
    #expect(try lab.call("c2", pod, namespace: deed.namespace).with("DEL").run(on: lab.node).result() == [:])
  }

  /// GC removes everything as well.
  @Test(arguments: deeds) func gcSucceedsAfter(_ deed: Deed) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    _ = try lab.add("c1", pod, namespace: deed.namespace)
    try carryOut(deed, lab, pod)
    let gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]).with("GC")
    #expect(try gc.run(on: lab.node).result() == [:])
    #expect(try pod.json(.ip, "link", "show").array?.count == 1)
    #expect(["pods", "storage", "fabric"].allSatisfy { lab.reservations($0) == [] })
  }

  /// The workload moves all of its links into another namespace, and makes links of other kinds with their names.
  @Test func linksThatWereMovedAwayGo() throws {
    let (lab, pod, third) = (try Lab(), try ScratchNamespace(), try ScratchNamespace())
    let before = try NamespaceDump(lab.node)
    _ = try lab.add("c1", pod)
    for name in ["eth0", "net1", "net2"] {
      try pod.run("ip", "link", "set", name, "netns", third.name)
      try pod.run("ip", "link", "add", name, "type", "bridge")
    }
    let own = try pod.json(.ip, "link", "show").array?.count
    #expect(try lab.call("c1", pod).with("CHECK").run(on: lab.node).error().code == 5)
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(try third.json(.ip, "link", "show").array?.count == 1)
    #expect(try pod.json(.ip, "link", "show").array?.count == own)
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// Braid is killed in an ADD before its record knows of any link, and the workload hides its end.
  @Test func aLinkOfAKilledADDGoes() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: outside}]}]",
      networks: Lab.networks + "\n  outside: {chain: [{type: outside}]}")
    let (pod, third) = (try ScratchNamespace(), try ScratchNamespace())
    let before = try NamespaceDump(lab.node)
    try lab.directory.write(
      "bin/outside",
      """
      #!/bin/sh
      cat >/dev/null
      [ $CNI_COMMAND = ADD ] || exit 0
      read -r x x x braid x </proc/$PPID/stat
      nsenter --net=$CNI_NETNS ip link set eth0 netns \(third.name)
      kill -KILL $braid
      """, mode: 0o755)
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    #expect(try call.run(on: lab.node).status == 128 + SIGKILL)
    #expect(try third.json(.ip, "link", "show").array?.count == 2)
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(try third.json(.ip, "link", "show").array?.count == 1)
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// The pair is gone, and a link of somebody else's has got the name of its end on the node, or its index.
  @Test(arguments: [true, false]) func aLinkThatTookTheNameStays(_ takesIndex: Bool) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = try NamespaceDump(lab.node)
    let result = JSON.object(try lab.add("c1", pod, namespace: "web"))
    let end = try #require(result["interfaces"]?.array?.compactMap { $0["name"]?.string }.first { $0.hasPrefix("veth") })
    let index = try #require(lab.node.json(.ip, "link", "show", "dev", end)[0, "ifindex"]?.int)
    try pod.run("ip", "link", "delete", "eth0")
    let name = takesIndex ? "other" : end
    try lab.node.run("ip", "link", "add", name, "index", takesIndex ? "\(index)" : "4711", "type", "veth", "peer", "name", "x1")
    #expect(try lab.call("c1", pod, namespace: "web").with("DEL").run(on: lab.node).result() == [:])
    try lab.node.run("ip", "link", "delete", name)
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }

  /// Several calls for the same attachment at once: one ADD succeeds, the others get errors, and in the end nothing is left.
  @Test(arguments: 1...5) func oneAttachmentFromAllSides(_ round: Int) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let adds = try atOnce(Array(repeating: "ADD", count: 4), lab, pod)
    #expect(adds.filter(\.succeeded).count == 1)
    for answer in adds where !answer.succeeded { #expect(try answer.error().code == 4, "\(answer)") }
    #expect(try lab.call("c1", pod).with("CHECK").run(on: lab.node).result() == [:])
    for answer in try atOnce(["DEL", "ADD", "DEL", "CHECK", "DEL", "ADD"], lab, pod) where !answer.succeeded {
      // Allowed errors: an ADD before the first DEL or after another ADD, and a CHECK of an attachment that is gone.
      #expect(try [3, 4].contains(answer.error().code), "\(answer)")
    }
    #expect(try lab.call("c1", pod).with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  private func atOnce(_ commands: [String], _ lab: Lab, _ pod: ScratchNamespace) throws -> [PluginAnswer] {
    let results = Results(count: commands.count)
    DispatchQueue.concurrentPerform(iterations: commands.count) { i in
      results.set(i, Result { try lab.call("c1", pod).with(commands[i]).run(on: lab.node) })
    }
    return try results.all()
  }

  /// Paths that do not lead to a container's namespace. ADD refuses them and touches nothing. DEL has nothing to do.
  @Test(arguments: [
    "/dev/null", "/", "/proc/self/ns/mnt", "/run/netns/braid-test-none", "/proc/self/ns/net", "NODE", "relative", "",
  ])
  func aPathThatIsNoContainersNamespace(_ path: String) throws {
    let lab = try Lab()
    let before = try NamespaceDump(lab.node)
    var call = lab.call("c1", nil)
    call.netns = path == "NODE" ? lab.node.path : path
    let error = try call.run(on: lab.node).error()
    #expect(error.code == (path.isEmpty ? 4 : 8), "\(error)")
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    try expectNoChange(before, lab.node)
    #expect(lab.left == [])
  }
}
