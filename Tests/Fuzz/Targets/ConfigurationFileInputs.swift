import CNI
import Diagnostics
import Engine
import JSON
import NetworkTypes
import YAML

@testable import Commands
@testable import Policy

/// A runtime's configuration. The reader that keeps places must read the same configuration as the plain JSON reader.
func conflistInput(_ bytes: [UInt8]) throws(Violation) {
  let file = SourceFile(path: "net.conflist", bytes: bytes)
  let findings = Validation.findings(in: [file])
  try pointIntoTheirText(findings.items)
  try isHarmless(Renderer().render(findings.sorted))
  guard !findings.hasErrors else { return }
  guard let conflist = Conflist.examine(file).conflist, let object = (try? JSON(parsing: bytes))?.object else {
    throw Violation(description: "a configuration without an error cannot be used")
  }
  let plugins = object["plugins"]?.array?.compactMap(\.object) ?? [object]
  let chain = conflist.network.chain.map(\.configuration)
  try Violation.unless(chain == plugins, "a chain is not what the text says: \(chain)")
}

/// Files to import, separated by zero bytes. The output must be a policy with the networks of the input.
func importsInput(_ bytes: [UInt8]) throws(Violation) {
  let names = ["10-a.conflist", "00-multus.conf", "nads.yaml"]
  let files = bytes.parts.enumerated().map { SourceFile(path: names[min($0, 2)], bytes: $1) }
  var reader = ImportReader()
  for file in files { reader.read(file) }
  try pointIntoTheirText(reader.findings.items)
  try isHarmless(Renderer().render(reader.findings.sorted))
  guard !reader.findings.hasErrors else { return }
  var importer = Importer(reader)
  importer.run()
  try pointIntoTheirText(importer.findings.items)
  try isHarmless(Renderer().render(importer.findings.sorted))
  guard !importer.findings.hasErrors else { return }
  try isPolicy(importer.text(sources: files.map(\.path)), of: importer)
}

private func isPolicy(_ text: String, of importer: Importer) throws(Violation) {
  try isHarmless(text)
  let file = SourceFile(path: "<stdout>", text: text)
  let examination = Policy.examine([file], checks: .errors)
  let isYAML = examination.findings.items.allSatisfy { !$0.code.rawValue.hasPrefix("BRD00") }
  try Violation.unless(isYAML, "no policy:\n\(Renderer().render(examination.findings.sorted))\n\(text)")
  guard !importer.networks.isEmpty, let policy = examination.policy else { return }
  let made = policy.networks.map { "\($0.name) \($0.chain.map(\.configuration))" }
  let meant = importer.networks.map { network in "\(network.name) \(network.chain.compactMap(\.object))" }
  let isWhole = examination.findings.hasErrors || made.sorted() == meant.sorted()
  try Violation.unless(isWhole, "other networks:\n\(made)\n\(meant)\n\(text)")
}

/// A manifest, and what a policy gives to the Pod in it.
func manifestInput(_ bytes: [UInt8]) throws(Violation) {
  guard let eth0 = try? InterfaceName("eth0") else { return }
  var findings = Findings()
  switch PodManifest.find(in: [SourceFile(path: "pod.yaml", bytes: bytes)], eth0, &findings) {
  case .broken: try Violation.unless(findings.hasErrors, "a manifest is broken, and nobody says why")
  case .none(_): break
  case .several(let names): try isHarmless(names.joined(separator: ", "))
  case .found(let described):
    let explanation = Explanation(explaining, described)
    try isHarmless(explanation.text)
    guard case .success(let selection) = explanation.outcome else { break }
    try isSound(selection)
  }
  try pointIntoTheirText(findings.items)
  try isHarmless(Renderer().render(findings.sorted))
}

private let explaining: Policy = {
  let text = """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
      far: {chain: [{type: outsider, capabilities: {ips: true, mac: true, bandwidth: true, portMappings: true}}]}
    rules:
      - {name: db, match: {pods: ["db-*"], labels: {app: db}}, attach: [{network: pods}, {network: far}]}
      - {name: notes, match: {annotations: {tier: {exists: true}}}, attach: [{network: far}]}
      - {name: all, match: {not: {namespaces: [none]}}, attach: [{network: pods}]}
    requests: [{namespaces: ["*"], networks: [pods, far]}]
    """
  var findings = Findings()
  guard let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings) else {
    preconditionFailure(PolicyError(findings: findings).description)
  }
  return policy
}()
