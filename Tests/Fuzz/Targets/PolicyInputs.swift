import CNI
import Diagnostics
import JSON
import NetworkTypes

@testable import Policy

/// A policy's text: read with every check, its findings shown, and Pods chosen for where it can be used.
func policyInput(_ bytes: [UInt8]) throws(Violation) {
  let file = SourceFile(path: "policy.yaml", bytes: bytes)
  let examination = Policy.examine([file])
  let lines = 1 + bytes.count { $0 == 0x0a }
  for finding in examination.findings.sorted {
    for span in [finding.primary] + finding.secondary.map(\.span) {
      guard let range = span.range, let position = span.position else { continue }
      try Violation.unless(
        range.lowerBound <= range.upperBound && range.upperBound <= bytes.count && position.line <= lines,
        "\(finding.code.rawValue) points out of the text: \(range.offsets)")
    }
  }
  let shown = Renderer().render(examination.findings.sorted)
  try Violation.unless(
    shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f }, "control characters are shown")
  guard !examination.findings.hasErrors else { return }
  guard let policy = examination.policy, let eth0 = try? InterfaceName("eth0") else {
    throw Violation(description: "a policy without an error cannot be used")
  }
  let pods = [
    Pod(), Pod(namespace: "default", name: "web-1"),
    Pod(namespace: "tenant-a", name: "db", annotations: ["k8s.v1.cni.cncf.io/networks": "storage, a@net7"], labels: ["app": "x"]),
  ]
  for pod in pods { if let selection = try? policy.select(pod, interface: eth0) { try isSound(selection) } }
}

private func isSound(_ selection: Selection) throws(Violation) {
  let names = selection.attachments.map(\.interface.text)
  try Violation.unless(!names.isEmpty && Set(names).count == names.count && !names.contains("lo"), "interfaces clash: \(names)")
  for family in AddressFamily.allCases {
    let owners = selection.attachments.filter { $0.ownsDefaultRoute(family) }
    try Violation.unless(owners.count <= 1, "\(owners.count) attachments have the default route")
  }
}

/// The annotations that ask for networks, against a policy that grants some.
func annotationInput(_ bytes: [UInt8]) throws(Violation) {
  let text = String(decoding: bytes, as: UTF8.self)
  // What JSON can name, the short form cannot always write.
  if !text.contains(where: { "[{\"".contains($0) }), let requests = try? NetworkRequest.parse(text) {
    for request in requests {
      let again = try? NetworkRequest.parse(request.text)
      try Violation.unless(
        again?.count == 1 && again?[0].name == request.name && again?[0].interface == request.interface
          && again?[0].namespace == request.namespace,
        "a request is not read as it is written: \(request.text)")
    }
  }
  guard let eth0 = try? InterfaceName("eth0") else { return }
  for key in [RequestAnnotation.networks, .defaultNetwork] {
    let pod = Pod(namespace: "a", name: "p", annotations: [key.rawValue: text])
    if let selection = try? granting.select(pod, interface: eth0) { try isSound(selection) }
  }
}

private let granting: Policy = {
  let text = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
      storage: {chain: [{type: macvlan, master: eth1, capabilities: {ips: true, mac: true}, ipam: {type: static}}]}
      b.far: {chain: [{type: outsider, capabilities: {bandwidth: true, portMappings: true}}]}
    rules: [{name: all, attach: [{network: pods}]}]
    requests:
      - {namespaces: [a], networks: [pods, storage, b.far]}
    """
  var findings = Findings()
  guard let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings) else {
    preconditionFailure(PolicyError(findings: findings).description)
  }
  return policy
}()
