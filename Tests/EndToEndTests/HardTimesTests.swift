import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Full or read-only disks under the state or the reservations, and state of an earlier boot.
@Suite(.needsRoot, .needs(kernel: .macvlan), .needs(program: "mount")) struct HardTimesTests {
  /// A lab with a separate file system at one of its directories.
  private func withDisk(at part: String, _ options: String, _ body: (Lab, String) throws -> Void) throws {
    let lab = try Lab()
    let disk = lab.directory[part]
    mkdir(disk, 0o700)
    try Command("mount", "-t", "tmpfs", "-o", options + ",mode=700", "braid-test", disk).require()
    defer { _ = try? Command("umount", "-l", disk).run() }
    try body(lab, disk)
  }

  private func fill(_ disk: String) throws {
    try Command("sh", "-c", "cat /dev/zero >>\(disk)/filler 2>/dev/null; true").require()
  }

  @Test(arguments: ["state", "ipam"]) func aFullDiskIsToldAndLeavesNothing(_ part: String) throws {
    let (one, two) = (try ScratchNamespace(), try ScratchNamespace())
    try withDisk(at: part, "size=256k") { lab, disk in
      _ = try lab.add("c1", one)
      let (node, pod, left) = (try NamespaceDump(lab.node), try NamespaceDump(two), lab.left)
      try fill(disk)
      let error = try lab.call("c2", two).run(on: lab.node).error()
      #expect(error.code == 5 && error.text.contains(disk) && error.text.contains("No space left"), "\(error)")
      try expectNoChange(node, lab.node)
      try expectNoChange(pod, two)
      unlink("\(disk)/filler")
      #expect(lab.left == left)
      _ = try lab.add("c2", two)
      // DEL needs no room.
      try fill(disk)
      for (id, container) in [("c1", one), ("c2", two)] {
        #expect(try lab.call(id, container).with("DEL").run(on: lab.node).result() == [:])
      }
      unlink("\(disk)/filler")
      #expect(lab.left == [])
    }
  }

  /// Each try allows one file more than the try before, so that each step that makes a file fails once.
  @Test(arguments: ["state", "ipam"]) func noFileMoreAtEveryStep(_ part: String) throws {
    let container = try ScratchNamespace()
    var failed = 0
    for files in 2...40 {
      let done = try {
        var succeeded = false
        try withDisk(at: part, "nr_inodes=\(files)") { lab, disk in
          let (node, pod) = (try NamespaceDump(lab.node), try NamespaceDump(container))
          let outcome = try lab.call("c1", container).run(on: lab.node)
          if let error = try? outcome.error() {
            failed += 1
            #expect(error.code == 5 && error.text.contains(disk), "\(files) files: \(error)")
            try expectNoChange(node, lab.node)
            try expectNoChange(pod, container)
            #expect(lab.left == [], "\(files) files")
          } else {
            succeeded = true
          }
          #expect(try lab.call("c1", container).with("DEL").run(on: lab.node).result() == [:], "\(files) files")
          #expect(lab.left == [], "\(files) files")
        }
        return succeeded
      }()
      if done { break }
      #expect(files < 40, "it never succeeds")
    }
    #expect(failed >= 3)
  }

  @Test func aReadOnlyDiskIsToldAndWorksAgainLater() throws {
    let (one, two) = (try ScratchNamespace(), try ScratchNamespace())
    try withDisk(at: "state", "size=256k") { lab, disk in
      _ = try lab.add("c1", one)
      let (node, pod) = (try NamespaceDump(lab.node), try NamespaceDump(two))
      try Command("mount", "-o", "remount,ro", disk).require()
      let error = try lab.call("c2", two).run(on: lab.node).error()
      #expect(error.code == 5 && error.text.contains(disk) && error.text.contains("Read-only"), "\(error)")
      let status = try lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS").run(on: lab.node).error()
      #expect(status.code == 50 && status.text.contains(disk), "\(status)")
      try expectNoChange(node, lab.node)
      try expectNoChange(pod, two)
      // If Braid cannot note what is left, it must report an error, so that the runtime calls DEL again.
      #expect(try lab.call("c1", one).with("DEL").run(on: lab.node).error().text.contains(disk))
      try Command("mount", "-o", "remount,rw", disk).require()
      #expect(try lab.call("c1", one).with("DEL").run(on: lab.node).result() == [:])
      _ = try lab.add("c2", two)
      #expect(try lab.call("c2", two).with("DEL").run(on: lab.node).result() == [:])
      #expect(lab.left == [])
    }
  }

  /// The namespace's path cannot be opened for a moment. Braid must not take the namespace for gone, because it would forget what is in it.
  @Test(
    .needs(program: "strace"), arguments: ["DEL", "GC"],
    ["openat:error=EIO", "openat:error=EMFILE", "openat:error=ENOMEM", "ioctl:error=EIO"])
  func aNamespaceThatCannotBeOpenedIsNotTakenForGone(_ command: String, _ fault: String) throws {
    let (lab, pod) = (try Lab(), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try lab.add("c1", pod)
    let keys: JSONObject = ["cniVersion": "1.1.0", "cni.dev/valid-attachments": []]
    var call = lab.call("c1", pod, keys: command == "GC" ? keys : [:]).with(command)
    call.netns = ""
    let again = call
    let strike = "-P \(pod.path) -e trace=openat,ioctl -e inject=\(fault):when=1"
    call.executable = try lab.directory.write(
      "struck", "#!/bin/sh\nexec strace -o /dev/null \(strike) \(Products.braid)\n", mode: 0o755)
    #expect(try call.run(on: lab.node).error().text.contains(pod.path))
    #expect(lab.reservations("pods").count == 1)
    #expect(try again.run(on: lab.node).result() == [:])
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  // MARK: - Reboot

  private static let small = Lab.networks.replacingOccurrences(of: "10.244.7.0/24", with: "10.244.7.0/29")

  /// Changes all state on disk to that of an earlier boot, and removes everything from the kernel.
  private func reboot(_ lab: Lab, _ containers: [ScratchNamespace]) throws {
    for container in containers { container.remove() }
    try lab.node.run("ip", "link", "delete", "br-pods")
    let bootID = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).dropLast()
    let earlier = "00000000-0000-0000-0000-000000000000"
    for name in lab.directory.list("state/records") {
      let record = try lab.directory.read("state/records/\(name)").replacingOccurrences(of: bootID, with: earlier)
      try lab.directory.write("state/records/\(name)", record, mode: 0o600)
    }
    try lab.directory.write("state/boot", earlier, mode: 0o600)
    // The file is changed in place and keeps its time, as after a reboot.
    let stamp = lab.directory["ipam/.braid/.pods"]
    let times = try FileManager.default.attributesOfItem(atPath: stamp)[.modificationDate] ?? Date()
    #expect(try String(contentsOfFile: stamp, encoding: .utf8) == bootID)
    try earlier.write(toFile: stamp, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.modificationDate: times], ofItemAtPath: stamp)
  }

  /// A sandbox may hide the node's boot ID behind another one. That is no reboot: the Pods live, and keep their addresses.
  @Test func aMaskedBootIDIsNoReboot() throws {
    let (lab, one, two, three) = (try Lab(), try ScratchNamespace(), try ScratchNamespace(), try ScratchNamespace())
    _ = try lab.add("c1", one, namespace: "web")
    func masked(_ call: PluginCall) throws -> PluginAnswer {
      var call = call
      let id = try lab.directory.write("boot_id", "11111111-2222-3333-4444-555555555555\n")
      call.executable = try lab.directory.write(
        "masked",
        "#!/bin/sh\nexec unshare -m sh -c 'mount --bind \(id) /proc/sys/kernel/random/boot_id && exec \(Products.braid)'\n",
        mode: 0o755)
      return try call.run(on: lab.node)
    }
    for (id, pod, address) in [("c2", two, "10.244.7.3/24"), ("c3", three, "10.244.7.4/24")] {
      let added = JSON.object(try masked(lab.call(id, pod, namespace: "web")).result())
      #expect(added["ips", 0, "address"] == .string(address))
    }
    #expect(lab.reservations("pods").sorted() == ["10.244.7.2", "10.244.7.3", "10.244.7.4"])
    #expect(try masked(lab.call("c1", one, namespace: "web").with("CHECK")).result() == [:])
    #expect(try masked(lab.call("c1", one, namespace: "web")).error().code == 4)
    for id in ["c1", "c2", "c3"] {
      let pod = ["c1": one, "c2": two, "c3": three][id]
      #expect(try masked(lab.call(id, pod, namespace: "web").with("DEL")).result() == [:])
    }
    #expect(lab.left == [])
    for pod in [one, two, three] { #expect(try pod.json(.ip, "link", "show").array?.count == 1) }
  }

  /// Five Pods use up a pool of five addresses. After a reboot five other Pods get addresses, although no DEL came for the first five.
  @Test func aPoolThatAnEarlierBootExhaustedIsFree() throws {
    let lab = try Lab(networks: Self.small)
    let old = try (0..<5).map { _ in try ScratchNamespace() }
    for (i, container) in old.enumerated() { _ = try lab.add("old\(i)", container, namespace: "web") }
    let more = try ScratchNamespace()
    let error = try lab.call("more", more, namespace: "web").run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("10.244.7.") && error.text.contains("old0"), "\(error)")
    try reboot(lab, old)
    let new = try (0..<5).map { _ in try ScratchNamespace() }
    for (i, container) in new.enumerated() { _ = try lab.add("new\(i)", container, namespace: "web") }
    #expect(Set(lab.reservations("pods")).count == 5)
    // After the reboot the runtime only knows the new Pods.
    let valid = JSON.array((0..<5).map { ["containerID": .string("new\($0)"), "ifname": "eth0"] })
    let gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC")
    #expect(try gc.run(on: lab.node).result() == [:])
    #expect(lab.directory.list("state/records").count == 5 && lab.reservations("pods").count == 5)
    for (i, container) in new.enumerated() {
      #expect(try lab.call("new\(i)", container, namespace: "web").with("CHECK").run(on: lab.node).result() == [:])
      #expect(try lab.call("new\(i)", container, namespace: "web").with("DEL").run(on: lab.node).result() == [:])
    }
    #expect(lab.left == [])
  }

  /// Podman forgets its containers in a power cut: neither DEL nor GC ever comes for them.
  @Test func theFirstAddOfABootSettlesWhatNobodyComesFor() throws {
    let lab = try Lab(
      "rules: [{name: mixed, match: {namespaces: [mixed]}, attach: [{network: mixed}]}, {name: all, attach: [{network: pods}, {network: fabric}]}]",
      networks: Lab.networks + """

          mixed:
            chain:
              - {type: bridge, bridge: br-pods, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.8.0.0/24}]]}}
              - {type: outsider}
        """)
    try lab.directory.write("bin/outsider", "#!/bin/sh\necho '{\"cniVersion\":\"1.0.0\"}'\n", mode: 0o755)
    let old = try (0..<3).map { _ in try ScratchNamespace() }
    for (i, container) in old.enumerated() {
      var call = lab.call("old\(i)", container, namespace: i == 2 ? "mixed" : "web")
      call.path = lab.directory["bin"]
      _ = try call.run(on: lab.node).result()
    }
    try reboot(lab, old)
    try lab.directory.write("state/records/broken@eth0.json", "{", mode: 0o600)
    let new = try ScratchNamespace()
    _ = try lab.add("new", new)
    // Records with external plugins stay, because the plugins may have something to undo. A broken record stays, so that its own next
    // call reports it.
    #expect(Set(lab.directory.list("state/records")) == ["broken@eth0.json", "new@eth0.json", "old2@eth0.json"])
    #expect(lab.reservations("pods").count == 1 && lab.reservations("fabric").count == 2)
    // This happens only once per boot.
    let record = try lab.directory.read("state/records/old2@eth0.json").replacingOccurrences(of: "outsider", with: "loopback")
    try lab.directory.write("state/records/late@eth0.json", record.replacingOccurrences(of: "old2", with: "late"), mode: 0o600)
    for isSettled in [true, false] {
      if !isSettled { try Command("rm", lab.directory["state/boot"]).require() }
      let another = try ScratchNamespace()
      _ = try lab.add("another-\(isSettled)", another)
      #expect(lab.directory.list("state/records").contains("late@eth0.json") == isSettled)
    }
  }

  /// A late DEL, for a container of an earlier boot, does not harm the container that has its address now.
  @Test func aLateDelLeavesTheNewOwnerAlone() throws {
    let lab = try Lab(networks: Self.small)
    let old = try ScratchNamespace()
    _ = try lab.add("old", old, namespace: "web")
    try reboot(lab, [old])
    let new = try ScratchNamespace()
    // The address is requested explicitly, so that it is the one of the earlier boot's container.
    var call = lab.call("new", new, namespace: "web")
    call.args = "IP=10.244.7.2;" + (call.args ?? "")
    _ = try call.run(on: lab.node).result()
    #expect(try lab.call("old", nil, namespace: "web").with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.reservations("pods") == ["10.244.7.2"])
    #expect(try lab.call("new", new, namespace: "web").with("CHECK").run(on: lab.node).result() == [:])
    #expect(try lab.call("new", new, namespace: "web").with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }
}
