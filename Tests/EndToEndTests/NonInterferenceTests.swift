import Foundation
import JSON
import TestSupport
import Testing

/// Nothing of the node depends on what a Pod says: after an ADD the node is as after an ADD of the same networks without any wishes,
/// apart from the Pod's own links; after DEL, and after a refusal, it is as before.
///
/// BRAID_REQUESTS is how many Pods are tried; BRAID_SEED tries others than the usual ones.
@Suite struct NonInterferenceTests {
  private static let pods = ProcessInfo.processInfo.environment["BRAID_REQUESTS"].flatMap { Int($0) } ?? 25
  private static let podsOfAPolicy = 20

  @Test func theNodeDoesNotDependOnThePod() throws {
    let seed = ProcessInfo.processInfo.environment["BRAID_SEED"].flatMap { UInt64($0) } ?? 13
    print("NonInterferenceTests: BRAID_SEED=\(seed), \(Self.pods) Pods")
    var random = HostileRequests(seed: seed)
    let lab = try Lab()
    for words in Self.network { try Command(["ip"] + words.split(separator: " ").map(String.init)).require(in: lab.node) }
    var plain: [[String: String]: [String]] = [:]
    let before = try Self.state(lab.node)
    var (made, refused, compared) = (0, 0, 0)
    for i in 0..<Self.pods {
      if i % Self.podsOfAPolicy == 0 {
        let requests = "requests: [\(random.permissions())]"
        try lab.setPolicy(
          "apiVersion: braid/v1\nkind: Policy\nnetworks:\n  \(HostileRequests.policy)\n"
            + "rules: [{name: everyone, attach: [{network: pods}]}]\n\(requests)\n")
      }
      let pod = random.pod()
      let told: Comment = "seed \(seed)\n\(try lab.directory.read("policy.yaml"))\n\(pod)"
      try add(lab, pod.annotations, args: pod.args, id: "c\(i)") { answer, node in
        guard answer.succeeded else {
          refused += 1
          return #expect(Self.changes(before, node) == [], told)
        }
        made += 1
        if plain[pod.plain] == nil {
          // The attachments of the first Pod must not be in the way of the second.
          _ = try lab.call("c\(i)", nil).with("DEL").run(on: lab.node)
          try add(lab, pod.plain, args: "IgnoreUnknown=1;K8S_POD_NAMESPACE=web", id: "p\(i)") { answer, node in
            plain[pod.plain] = answer.succeeded ? node : []
          }
        }
        // A network with one fixed address cannot be had twice without a wish. There is nothing to compare then.
        guard let plain = plain[pod.plain], !plain.isEmpty else { return }
        compared += 1
        #expect(Self.changes(plain, node) == [], told)
      }
      #expect(Self.changes(before, try Self.state(lab.node)) == [], told)
      #expect(lab.left == [], told)
    }
    print("NonInterferenceTests: \(made) made, \(compared) of them compared, \(refused) refused")
    #expect(compared > Self.pods / 10 && refused > Self.pods / 10, "a search that only ever sees one side shows nothing")
  }

  /// The node's own network: a LAN with a default route, and another network.
  private static let network = [
    "address add 192.168.40.5/24 dev eth1", "-6 address add 2001:db8:40::5/64 dev eth1 nodad",
    "link add mgmt0 type veth peer name mgmt1", "link set mgmt1 up", "link set mgmt0 up", "address add 172.30.0.1/16 dev mgmt0",
    "route add default via 192.168.40.1",
  ]

  /// Makes an ADD, looks at the node, and ends it.
  @discardableResult
  private func add(
    _ lab: Lab, _ annotations: [String: String], args: String, id: String, _ look: (PluginAnswer, [String]) throws -> Void
  ) throws -> PluginAnswer {
    let container = try ScratchNamespace()
    try container.turnOffDuplicateDetection()
    let object = JSONObject(annotations.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })
    var call = lab.call(
      id, container, keys: ["runtimeConfig": .object(["io.kubernetes.cri.pod-annotations": .object(object)])])
    call.args = args
    let answer = try call.run(on: lab.node)
    try look(answer, Self.state(lab.node))
    _ = try call.with("DEL").run(on: lab.node).result()
    return answer
  }

  private static func changes(_ before: [String], _ after: [String]) -> [String] {
    after.difference(from: before).map { change in
      switch change {
      case .remove(_, let line, _): "- \(line)"
      case .insert(_, let line, _): "+ \(line)"
      }
    }
  }

  /// The node without what is a Pod's own: the addresses, routes and neighbours of its links. Names, numbers and hardware addresses
  /// that are chosen at random are masked.
  private static func state(_ node: ScratchNamespace) throws -> [String] {
    let sysctls = try node.run("sysctl", "-a", "-r", #"^net\.ipv[46]\.(ip_forward|conf\.(all|default|eth1|mgmt0|br-.*)\.)"#)
    var lines = sysctls.split(separator: "\n").map(String.init)
    for section in try NamespaceDump(node).sections {
      for line in section.lines {
        let masked = line.replacing(/veth[0-9a-f]{8}/, with: "veth#").replacing(/([0-9a-f]{2}:){5}[0-9a-f]{2}/, with: "MAC")
          .replacing(/"(ifindex|link_index|port_no|port_id|designated_port|root_port)":("0x[0-9a-f]+"|[0-9]+)/, with: "N")
          .replacing(/fe80::[0-9a-f:]+/, with: "fe80")
        if masked.contains("veth#") {
          let bridge = masked.firstMatch(of: /"master":"([^"]*)"/).map { " of \($0.1)" } ?? ""
          if section.title == "link" { lines.append("a Pod's link\(bridge)") }
        } else if section.title == "fdb", masked.contains(#""ifname":"eth1","flags":["self"]"#) {
          // The hardware address of a Pod's macvlan, which the card must let pass.
        } else {
          lines.append("\(section.title): \(masked)")
        }
      }
    }
    return lines.sorted()
  }
}
