import CNI
import Diagnostics
import Foundation
import JSON
import NetworkTypes
import Policy
import TestSupport
import Testing

@testable import Engine

/// Whatever a Pod asks for, a plan that is accepted gives it addresses of the policy's subnets only, and never a gateway's.
///
/// BRAID_PLANS is how many Pods are tried; BRAID_SEED tries others than the usual ones. `NonInterferenceTests` looks at the kernel.
@Suite struct BoundedRequestTests {
  private static let plans = ProcessInfo.processInfo.environment["BRAID_PLANS"].flatMap { Int($0) } ?? 5000
  private static let podsOfAPolicy = 50

  /// The subnets of `HostileRequests.policy` with their gateways, by network.
  private static let subnets: [String: [(String, gateway: String)]] = [
    "pods": [("10.1.0.0/24", "10.1.0.1"), ("fd01::/64", "fd01::1")],
    "fixed": [("10.3.0.0/24", "10.3.0.254"), ("fd03::/64", "fd03::1")], "force": [("10.4.0.0/24", "10.4.0.1")],
    "point": [("10.6.0.0/24", "10.6.0.1"), ("fd06::/64", "fd06::1")], "route": [("10.7.0.0/24", "10.7.0.1")],
  ]

  @Test func noPlanLeavesThePolicysSubnets() throws {
    let seed = ProcessInfo.processInfo.environment["BRAID_SEED"].flatMap { UInt64($0) } ?? 13
    print("BoundedRequestTests: BRAID_SEED=\(seed), \(Self.plans) plans")
    var random = HostileRequests(seed: seed)
    var accepted = 0
    for i in 0..<(Self.plans / Self.podsOfAPolicy) {
      let policy = try Self.policy(random.permissions())
      for _ in 0..<Self.podsOfAPolicy {
        let pod = random.pod()
        guard let attachments = try Self.accepted(policy, pod) else { continue }
        accepted += 1
        for attachment in attachments {
          let problem = try Self.problem(attachment)
          #expect(problem == nil, "seed \(seed), policy \(i)\n\(pod)\n\(problem ?? "")")
        }
      }
    }
    print("BoundedRequestTests: \(accepted) accepted")
    #expect(accepted > Self.plans / 20 && accepted < Self.plans * 19 / 20)
  }

  private static func policy(_ permissions: String) throws -> Policy {
    let text =
      "apiVersion: braid/v1\nkind: Policy\nnetworks:\n  \(HostileRequests.policy.replacing("DIR", with: "/var/lib/none"))\nrules: [{name: everyone, attach: [{network: pods}]}]\n"
      + "requests: [\(permissions)]\n"
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "policy.yaml", bytes: Array(text.utf8))], checks: .errors, &findings)
    return try #require(policy, "\(findings)")
  }

  /// The attachments that an ADD would make. Nil if it would refuse the Pod.
  private static func accepted(_ policy: Policy, _ pod: HostileRequests.Pod) throws -> [PlannedAttachment]? {
    let annotations = JSONObject(pod.annotations.map { .init($0.key, .string($0.value)) })
    let runtime: JSONObject = ["runtimeConfig": .object(["io.kubernetes.cri.pod-annotations": .object(annotations)])]
    let parsed = try Pod(CNIArguments(pod.args), configuration: runtime)
    guard let selection = try? policy.select(parsed, interface: name("eth0")),
      try selection.refusal(arguments: pod.args) == nil
    else { return nil }
    return try selection.preview(arguments: pod.args)
  }

  /// What is wrong with the addresses that somebody asks for. Nil if nothing is.
  private static func problem(_ attachment: PlannedAttachment) throws -> String? {
    let configuration = attachment.delegates[0].configuration
    var asked: [String] = []
    for path in [["runtimeConfig", "ips"], ["args", "cni", "ips"], ["args", "cni", "IPS"], ["args", "cni", "Ips"]] {
      asked += (JSON.object(configuration).value(at: path)?.array ?? []).compactMap(\.string)
    }
    // `static` takes IP of CNI_ARGS only without other wishes.
    if asked.isEmpty, let ip = attachment.args["IP"] { asked.append(ip) }
    for text in asked {
      let address = try IPAddress(String(text.prefix { $0 != "/" }))
      guard let known = subnets[attachment.network.text] else { continue }
      guard let (subnet, gateway) = try known.first(where: { try CIDR($0.0).contains(address) }) else {
        return "\(attachment.network): \(text) is in none of its subnets"
      }
      let cidr = try CIDR(subnet)
      // `host-local` goes by the subnet's own prefix length, whatever the request says.
      let isFixed = attachment.network.text == "fixed" || attachment.network.text == "point"
      if isFixed, try CIDR(text).prefixLength != cidr.prefixLength { return "\(text) has another prefix than \(subnet)" }
      guard address != (try IPAddress(gateway)), address != cidr.address, address.family == .ipv6 || address != cidr.last else {
        return "\(attachment.network): no Pod may have \(text)"
      }
    }
    return nil
  }
}

extension JSON {
  fileprivate func value(at path: [String]) -> JSON? {
    path.reduce(Optional(self)) { json, key in json?.object?[key] }
  }
}
