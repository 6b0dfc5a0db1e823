import Foundation
import JSON
import TestSupport
import Testing

/// External plugins in Braid's chains. `recorder` is a shell script that writes down how it was called.
@Suite(.needsRoot, .needs(kernel: .bridge))
struct ExternalDelegateTests {
  private static let recorder = """
    #!/bin/sh
    env | grep '^CNI_' | sort > "DIR/$CNI_COMMAND.env"
    cat > "DIR/$CNI_COMMAND.json"
    [ "$CNI_COMMAND" != ADD ] || echo '{"cniVersion":"1.0.0","ips":[{"address":"10.50.0.2/24"}]}'
    """

  private func lab(_ script: String, attach: String = "[{network: pods}, {network: outside}]", type: String = "recorder") throws
    -> Lab
  {
    let lab = try Lab(
      "rules: [{name: all, attach: \(attach)}]",
      networks: Lab.networks + "\n  outside:\n    chain: [{type: \(type), color: blue, nested: {a: 1.50}}]")
    try lab.directory.write("bin/recorder", script.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
    return lab
  }

  private func call(_ lab: Lab, _ pod: ScratchNamespace) -> PluginCall {
    var call = lab.call("c1", pod)
    call.path = lab.directory["bin"]
    return call
  }

  @Test func itGetsTheFullEnvironmentAndItsUnknownKeys() throws {
    let (lab, pod) = (try lab(Self.recorder), try ScratchNamespace())
    let result = JSON.object(try call(lab, pod).run(on: lab.node).result())
    let configuration = try JSON(parsing: lab.directory.read("ADD.json"))
    #expect(configuration["color"] == "blue" && configuration["nested", "a"] == .number("1.50"))
    #expect(configuration["name"] == "outside" && configuration["type"] == "recorder")
    let environment = try lab.directory.read("ADD.env")
    for line in ["CNI_CONTAINERID=c1", "CNI_IFNAME=net1", "CNI_NETNS=\(pod.path)", "CNI_PATH=\(lab.directory["bin"])"] {
      #expect(environment.contains(line))
    }
    // The plugin reported an address without an interface. Braid adds one, because runtimes would take the address for eth0's.
    #expect(result["ips", 1, "address"] == "10.50.0.2/24" && result["interfaces", 3, "name"] == "net1")
    #expect(result["ips", 1, "interface"] == 3)
    _ = try call(lab, pod).with("DEL").run(on: lab.node).result()
    let last = try JSON(parsing: lab.directory.read("DEL.json"))
    #expect(last["prevResult", "ips", 0, "address"] == "10.50.0.2/24")
  }

  /// The plugin gets the runtime's variables. Those that would change how programs are loaded, or how Braid's own runtime works, are not
  /// passed on.
  @Test func itGetsTheRuntimesEnvironment() throws {
    let script = Self.recorder.replacingOccurrences(of: "grep '^CNI_'", with: "cat")
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    var call = call(lab, pod)
    let passed = [
      "HTTP_PROXY": "http://p:3128", "KUBECONFIG": "/k", "TMPDIR": "/tmp", "LDX": "1", "CNI_NETNS_OVERRIDE": "0", "X": "a=b c",
    ]
    let withheld = [
      "LD_LIBRARY_PATH": "/nowhere", "LD_BIND_NOW": "1", "GLIBC_TUNABLES": "glibc.malloc.check=0", "GCONV_PATH": "/nowhere",
      "MALLOC_ARENA_MAX": "1", "SWIFT_DETERMINISTIC_HASHING": "1", "SWIFTTESTING_ENABLED": "1",
    ]
    call.environment = passed.merging(withheld) { a, _ in a }
    _ = try call.run(on: lab.node).result()
    let lines = try lab.directory.read("ADD.env").split(separator: "\n").map(String.init)
    for (name, value) in passed { #expect(lines.contains("\(name)=\(value)")) }
    for name in withheld.keys { #expect(!lines.contains { $0.hasPrefix("\(name)=") }, "\(name)") }
    #expect(lines.contains("BRAID_DELEGATING=1") && lines.contains { $0.hasPrefix("PATH=/") })
  }

  @Test(arguments: [
    (#"echo '{"cniVersion":"1.0.0","code":123,"msg":"no luck","details":"today"}'; exit 1"#, 123, "no luck; today"),
    ("echo oops >&2; exit 3", 5, "oops"), ("echo '[]'", 6, "no JSON object"), ("kill -9 $$", 5, "signal 9"),
    (#"echo '{"cniVersion":"9.9.9"}'"#, 6, "9.9.9"), (#"echo '{"ips":[{"address":"x"}]}'"#, 6, "address"), ("yes", 6, "bytes"),
  ])
  func itsFailureIsToldAndUndone(_ body: String, _ code: Int, _ text: String) throws {
    let script = "#!/bin/sh\n[ \"$CNI_COMMAND\" = DEL ] && exit 0\ncat >/dev/null\n\(body)\n"
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == code && error.text.contains(text) && error.text.contains("outside") && error.text.contains("recorder"))
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  @Test func theHangingOnesShareOneTimeLimit() throws {
    let (lab, pod) = (try lab("#!/bin/sh\nexec sleep 600"), try ScratchNamespace())
    var call = lab.call("c1", pod, keys: ["timeLimit": 1])
    call.path = lab.directory["bin"]
    let error = try call.run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("recorder") && error.text.contains("longer than 1 s"), "\(error)")
    // The plugin hangs in the undo as well. It never said that it did anything, so Braid lets go of it.
    #expect(error.text.contains("its DEL failed too"), "\(error)")
    #expect(lab.left == [])
    #expect(try call.with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  @Test(arguments: [0, 601, -1]) func aTimeLimitOutOfRangeIsRefused(_ seconds: Int) throws {
    let (lab, pod) = (try lab("#!/bin/sh"), try ScratchNamespace())
    let error = try lab.call("c1", pod, keys: ["timeLimit": JSON(seconds)]).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains("timeLimit"))
  }

  /// Braid passes on the code of a plugin's STATUS (50 or 51), and names the network.
  @Test(arguments: [50, 51]) func itsStatusIsPassedOn(_ code: Int) throws {
    let script = """
      #!/bin/sh
      cat >/dev/null
      echo '{"cniVersion":"1.1.0","code":\(code),"msg":"the tunnel is down"}'
      exit 1
      """
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: outside}]}]",
      networks: "apiVersion: braid/v1\nkind: Policy\nnetworks: {outside: {cniVersion: 1.1.0, chain: [{type: recorder}]}}")
    try lab.directory.write("bin/recorder", script, mode: 0o755)
    var status = lab.call("x", nil, keys: ["cniVersion": "1.1.0"]).with("STATUS")
    status.path = lab.directory["bin"]
    let error = try status.run(on: lab.node).error()
    #expect(error.code == code && error.text.contains("outside") && error.text.contains("the tunnel is down"), "\(error)")
  }

  /// The plugin works on the interface, alone or among other networks. Some plugins need the interface at DEL to restore its settings.
  @Test(arguments: ["[{network: chained}]", "[{network: chained}, {network: fabric}]", "[{network: fabric}, {network: chained}]"])
  func itsInterfaceIsThereWhenItUndoes(_ attach: String) throws {
    let lab = try Lab(
      "rules: [{name: all, attach: \(attach)}]",
      networks: Lab.networks + """

          chained:
            chain:
              - {type: bridge, bridge: br-chained, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.62.0.0/24}]]}}
              - {type: restorer}
        """)
    let script = """
      #!/bin/sh
      [ $CNI_COMMAND = ADD ] && exec sed 's/.*"prevResult":\\({.*}\\)}$/\\1/'
      cat >/dev/null
      [ $CNI_COMMAND != DEL ] || nsenter --net=$CNI_NETNS ip link show $CNI_IFNAME >"\(lab.directory.path)/seen"
      """
    try lab.directory.write("bin/restorer", script, mode: 0o755)
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    _ = try call(lab, pod).run(on: lab.node).result()
    #expect(try call(lab, pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(try lab.directory.read("seen").contains("mtu 1500"))
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    #expect(lab.left == [])
  }

  @Test func whatItCannotUndoStaysInTheRecordUntilItCan() throws {
    let script = """
      #!/bin/sh
      cat >/dev/null
      case $CNI_COMMAND in
        ADD) echo '{"cniVersion":"1.0.0"}' ;;
        DEL) [ -e "DIR/ready" ] || { echo '{"cniVersion":"1.0.0","code":11,"msg":"not now"}'; exit 1; } ;;
      esac
      """
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    _ = try call(lab, pod).run(on: lab.node).result()
    let error = try call(lab, pod).with("DEL").run(on: lab.node).error()
    #expect(error.code == 11 && error.text.contains("not now") && error.text.contains("outside"))
    // Everything else is gone.
    #expect(lab.reservations("pods") == [] && lab.left == ["c1@eth0.json"])
    #expect(try pod.json(.ip, "link", "show").array?.count == 1)
    try lab.directory.write("ready", "")
    #expect(try call(lab, pod).with("DEL").run(on: lab.node).result() == [:])
    #expect(lab.left == [])
  }

  /// containerd takes an error of DEL with these words for success, and would never call DEL again.
  @Test func itsFailureOfDELIsToldInWordsThatNobodyTakesForSuccess() throws {
    let script = """
      #!/bin/sh
      cat >/dev/null
      [ "$CNI_COMMAND" = ADD ] && exec echo '{"cniVersion":"1.0.0"}'
      echo '{"code":5,"msg":"lease not found","details":"open /x: no such file or directory"}'
      exit 1
      """
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    _ = try call(lab, pod).run(on: lab.node).result()
    let error = try call(lab, pod).with("DEL").run(on: lab.node).error()
    #expect(error.code == 5 && error.text.contains("lease absent") && error.text.contains("open /x: no such file"), "\(error)")
    #expect(!error.text.contains("not found") && !error.text.contains("no such file or directory"), "\(error)")
    #expect(lab.left == ["c1@eth0.json"])
  }

  /// The list of GC cannot express "everything of this container", and a plugin frees everything that is not in the list.
  @Test func itIsNotAskedForGarbageWhileAListedContainersInterfacesAreUnknown() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: outside}]}]",
      networks: "apiVersion: braid/v1\nkind: Policy\nnetworks: {outside: {cniVersion: 1.1.0, chain: [{type: recorder}]}}")
    let script = Self.recorder.replacingOccurrences(of: "DIR", with: lab.directory.path)
    try lab.directory.write("bin/recorder", script, mode: 0o755)
    for (valid, isAsked) in [([["containerID": "unknown", "ifname": "eth0"]], false), ([], true)] as [(JSON, Bool)] {
      var gc = lab.call("x", nil, keys: ["cniVersion": "1.1.0", "cni.dev/valid-attachments": valid]).with("GC")
      gc.path = lab.directory["bin"]
      #expect(try gc.run(on: lab.node).result() == [:])
      #expect(lab.directory.list().contains("GC.json") == isAsked)
    }
  }

  @Test func aMissingOneIsFoundBeforeAnythingIsTouched() throws {
    let (lab, pod) = (try lab(Self.recorder, type: "absent"), try ScratchNamespace())
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains("absent") && error.text.contains("policy.yaml:"))
    #expect(lab.left == [])
  }

  @Test(arguments: ["link", "copy"])
  func braidIsNotCalledFromBraid(_ how: String) throws {
    let (lab, pod) = (try lab(Self.recorder, type: "mybraid"), try ScratchNamespace())
    let target = lab.directory["bin/mybraid"]
    if how == "link" {
      try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: Products.braid)
    } else {
      try FileManager.default.copyItem(atPath: Products.braid, toPath: target)
    }
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains("mybraid") && error.text.contains("Braid itself"))
  }

  @Test func aScriptThatCallsBraidIsRefused() throws {
    let script = "#!/bin/sh\nexec \(Products.braid)\n"
    let (lab, pod) = (try lab(script), try ScratchNamespace())
    let error = try call(lab, pod).run(on: lab.node).error()
    #expect(error.code == 7 && error.text.contains("must not lead back"))
  }

  @Test(.needs(program: "/usr/lib/cni/ptp"))
  func referencePluginsServeInChains() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: routed}]}]",
      networks: Lab.networks + """

          routed:
            chain:
              - type: their-ptp
                ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.60.0.0/24}]], routes: [{dst: 0.0.0.0/0}]}
              - type: tuning
                sysctl: {net.ipv4.conf.net1.arp_filter: "1"}
        """)
    try lab.directory.write("bin/.keep", "")
    try FileManager.default.createSymbolicLink(atPath: lab.directory["bin/their-ptp"], withDestinationPath: "/usr/lib/cni/ptp")
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    var call = lab.call("c1", pod)
    call.path = "\(lab.directory["bin"]):/usr/lib/cni"
    let result = JSON.object(try call.run(on: lab.node).result())
    #expect(result["routes"]?.array?.contains { $0["gw"] == "10.60.0.1" } == false)
    let defaults = try #require(pod.json(.ip, "route", "show", "default").array)
    #expect(defaults.count == 1 && defaults[0]["dev"] == "eth0")
    #expect(try pod.run("cat", "/proc/sys/net/ipv4/conf/net1/arp_filter") == "1\n")
    try pod.run("ping", "-c1", "-W2", "10.60.0.1")
    _ = try call.with("CHECK").run(on: lab.node).result()
    _ = try call.with("DEL").run(on: lab.node).result()
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
  }

  @Test(.needs(program: "/usr/lib/cni/ptp"))
  func ourIPAMServesTheirPlugins() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: routed}]}]",
      networks: """
        apiVersion: braid/v1
        kind: Policy
        networks:
          routed:
            chain: [{type: their-ptp, ipam: {type: host-local, dataDir: "DIR/ipam", ranges: [[{subnet: 10.60.0.0/24}]]}}]
        """)
    for (name, target) in [("host-local", Products.braid), ("their-ptp", "/usr/lib/cni/ptp")] {
      try lab.directory.write("bin/.keep", "")
      try FileManager.default.createSymbolicLink(atPath: lab.directory["bin/" + name], withDestinationPath: target)
    }
    let pod = try ScratchNamespace()
    let result = JSON.object(try call(lab, pod).run(on: lab.node).result())
    #expect(result["ips", 0, "address"] == "10.60.0.2/24" && lab.reservations("routed") == ["10.60.0.2"])
    #expect(lab.directory.list("ipam/.braid").contains("routed/c1@eth0"))
    try pod.run("ping", "-c1", "-W2", "10.60.0.1")
    _ = try call(lab, pod).with("DEL").run(on: lab.node).result()
    #expect(lab.left == [])
  }

  @Test(.needs(program: "/usr/lib/cni/dhcp"))
  func dhcpWithoutItsDaemonIsRefusedAndUndone() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: leased}]}]",
      networks: Lab.networks
        + "\n  leased:\n    chain: [{type: bridge, bridge: br-dhcp, ipam: {type: dhcp, daemonSocketPath: DIR/dhcp.sock}}]")
    let pod = try ScratchNamespace()
    let before = (try NamespaceDump(lab.node), try NamespaceDump(pod))
    let error = try lab.call("c1", pod).run(on: lab.node).error()
    #expect(error.text.contains("leased") && error.text.contains("dhcp.sock"))
    try expectNoChange(before.0, lab.node)
    try expectNoChange(before.1, pod)
    // Their DEL needs the daemon as well, but nothing was leased.
    #expect(error.text.contains("its DEL failed too") && lab.left == [])
  }

  @Test(.needs(program: "/usr/lib/cni/static"), .needs(program: "/usr/lib/cni/portmap"))
  func portMappingsReachTheChainThatDeclaresThem() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: pods}, {network: mapped}]}]",
      networks: Lab.networks.replacingOccurrences(of: "  pods:\n", with: "  pods:\n    ignoreCapabilities: [portMappings]\n")
        + "\n  mapped:\n    chain: [{type: recorder, capabilities: {portMappings: true}}]")
    try lab.directory.write("bin/recorder", Self.recorder.replacingOccurrences(of: "DIR", with: lab.directory.path), mode: 0o755)
    let pod = try ScratchNamespace()
    var calling = call(lab, pod)
    calling = lab.call(
      "c1", pod,
      keys: [
        "capabilities": ["portMappings": true], "runtimeConfig": ["portMappings": [["HostPort": 8080, "ContainerPort": 80]]],
      ])
    calling.path = lab.directory["bin"]
    _ = try calling.run(on: lab.node).result()
    // The runtime's port mappings belong to the first network. A second network must not map the same port again.
    #expect(try JSON(parsing: lab.directory.read("ADD.json"))["runtimeConfig"] == nil)
    try lab.setPolicy(
      (Lab.networks + "\n  mapped:\n    chain: [{type: recorder, capabilities: {portMappings: true}}]\n")
        + "rules: [{name: all, attach: [{network: mapped}]}]")
    let second = try ScratchNamespace()
    calling.containerID = "c2"
    calling.netns = second.path
    _ = try calling.run(on: lab.node).result()
    let given = try JSON(parsing: lab.directory.read("ADD.json"))["runtimeConfig", "portMappings"]
    #expect(given == [["HostPort": 8080, "ContainerPort": 80]])
  }

  @Test func behindAnotherPluginItsResultStays() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: outside}, {network: fabric}]}]",
      networks: Lab.networks
        + "\n  outside:\n    chain: [{type: passer}]")
    try lab.directory.write(
      "bin/passer",
      "#!/bin/sh\n[ $CNI_COMMAND = ADD ] || exit 0\n"
        + #"sed 's/.*"prevResult":\({.*}\)}$/\1/'"# + "\n", mode: 0o755)
    let pod = try ScratchNamespace()
    try pod.run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other")
    var calling = lab.call(
      "c1", pod,
      keys: [
        "prevResult": [
          "cniVersion": "1.0.0", "interfaces": [["name": "eth0", "sandbox": .string(pod.path)]],
          "ips": [["interface": 0, "address": "172.16.0.2/24"]],
        ]
      ])
    calling.path = lab.directory["bin"]
    let result = JSON.object(try calling.run(on: lab.node).result())
    #expect(result["ips"]?.array?.compactMap { $0["address"]?.string } == ["172.16.0.2/24", "10.7.0.2/24", "fd00:7::2/64"])
    #expect(result["interfaces", 0, "name"] == "eth0")
    _ = try calling.with("DEL").run(on: lab.node).result()
    try pod.run("ip", "link", "show", "eth0")
    #expect(lab.left == [])
  }

  /// The reference's executable on CNI_PATH does not matter: Braid's own plugin of the name comes first.
  @Test(.needs(program: "/usr/lib/cni/portmap"), .needs(kernel: .nftables))
  func portMappingsOfTheRuntimeComeAndGo() throws {
    let lab = try Lab(
      "rules: [{name: all, attach: [{network: web}]}]",
      networks: """
        apiVersion: braid/v1
        kind: Policy
        networks:
          web:
            chain:
              - {type: bridge, bridge: br-web, isDefaultGateway: true, ipam: {type: static, addresses: [{address: 10.61.0.2/24}]}}
              - {type: portmap, capabilities: {portMappings: true}}
        """)
    let pod = try ScratchNamespace()
    let ports: JSON = [["hostPort": 18080, "containerPort": 80, "protocol": "tcp"]]
    var calling = lab.call("c1", pod, keys: ["capabilities": ["portMappings": true], "runtimeConfig": ["portMappings": ports]])
    calling.path = "/usr/lib/cni"
    _ = try calling.run(on: lab.node).result()
    #expect(try lab.node.run("nft", "list", "ruleset").contains(": 10.61.0.2 . 80"))
    _ = try calling.with("DEL").run(on: lab.node).result()
    #expect(try !lab.node.run("nft", "list", "ruleset").contains("10.61.0.2"))
  }
}
