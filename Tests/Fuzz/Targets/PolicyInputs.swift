import CNI
import Diagnostics
import JSON
import NetworkTypes

@testable import Policy
@testable import PolicyCache
@testable import YAML

/// A policy's text. It is read with every check, and its findings are shown. If it is usable, networks are selected for some Pods.
func policyInput(_ bytes: [UInt8]) throws(Violation) {
  let file = SourceFile(path: "policy.yaml", bytes: bytes)
  let examination = Policy.examine([file])
  try pointIntoTheirText(examination.findings.items)
  try isHarmless(Renderer().render(examination.findings.sorted))
  guard !examination.findings.hasErrors else { return }
  guard let policy = examination.policy, let eth0 = try? InterfaceName("eth0") else {
    throw Violation(description: "a policy without an error cannot be used")
  }
  for pod in fuzzedPods { if let selection = try? policy.select(pod, interface: eth0) { try isSound(selection) } }
  try isKept(policy, examination.documents, file)
}

/// The binary form of a policy gives the same answers as the policy.
private func isKept(_ policy: Policy, _ documents: [YAMLDocument], _ file: SourceFile) throws(Violation) {
  guard let eth0 = try? InterfaceName("eth0") else { return }
  let written = KeptPolicy.write(documents)
  guard let copy = KeptCopy(index: written.index, bodies: written.bodies) else {
    throw Violation(description: "what is kept cannot be read back")
  }
  for pod in fuzzedPods {
    let kept = (try? copy.part(for: pod, of: file)?.select(pod, interface: eth0)).map(words)
    let whole = (try? policy.select(pod, interface: eth0)).map(words)
    try Violation.unless(kept == whole, "\(pod) gets by what is kept: \(kept ?? "nothing")")
  }
}

/// The annotations that ask for networks, against a policy that grants some.
func annotationInput(_ bytes: [UInt8]) throws(Violation) {
  let text = String(decoding: bytes, as: UTF8.self)
  // Some names in JSON cannot be written in the short form.
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
    let selection: Selection
    do throws(SelectionError) { selection = try granting.select(pod, interface: eth0) } catch {
      try isHarmless(error.description)
      let length = error.description.utf8.count
      try Violation.unless(length <= 2000, "an error of \(length) bytes")
      continue
    }
    try isSound(selection)
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
