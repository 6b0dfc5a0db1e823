import Diagnostics
import Glibc
import NetworkTypes
import System

@testable import Policy
@testable import PolicyCache

/// The index of a kept policy, read as if its checksum were right.
///
/// The first byte chooses the Pod. If it is even, the other bytes are the index. If it is odd, they change single bytes of a good index:
/// two bytes give the place, the third one the new value.
func keptInput(_ bytes: [UInt8]) throws(Violation) {
  guard let first = bytes.first, let eth0 = try? InterfaceName("eth0") else { return }
  var damaged = Array(bytes.dropFirst())
  if first & 1 == 1 {
    let edits = damaged
    damaged = good.index
    for at in stride(from: 0, to: edits.count - 2, by: 3) {
      damaged[(Int(edits[at]) << 8 | Int(edits[at + 1])) % good.index.count] = edits[at + 2]
    }
  }
  let pod = fuzzedPods[Int(first >> 1) % fuzzedPods.count]
  guard let policy = KeptCopy(index: damaged, bodies: good.bodies)?.part(for: pod, of: file),
    let selection = try? policy.select(pod, interface: eth0)
  else { return }
  try isSound(selection)
  guard damaged == good.index else { return }
  let right = (try? whole.select(pod, interface: eth0)).map(words)
  try Violation.unless(words(selection) == right, "\(pod) gets by what is kept: \(words(selection))")
}

/// The index and the bodies of a kept policy, in a file that is removed from its folder as soon as it is open.
struct KeptCopy {
  private let file: KeptFile

  init?(index: [UInt8], bodies: [UInt8]) {
    var writer = BinaryWriter()
    ChecksummedBlock.write(index, to: &writer)
    writer.raw(bodies)
    var template = Array("/dev/shm/braid-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no room for a folder in /dev/shm") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(path) }
    guard let folder = try? Directory.openTrusted(path, create: 0o700),
      (try? folder.createExclusive("kept", contents: writer.bytes, mode: 0o600)) == true
    else { return nil }
    defer { _ = try? folder.remove("kept") }
    guard let opened = TrustedFile("kept", in: folder, limit: PolicyCache.limit) else { return nil }
    file = KeptFile(opened)
  }

  /// The part of the policy that the cache would read for the Pod.
  func part(for pod: Pod, of source: SourceFile) -> Policy? {
    do throws(BinaryReader.Damage) {
      guard let documents = try KeptPolicyReader.open(file, index: 0).documents(for: pod, [source]) else { return nil }
      let part = Policy.examine(documents)
      return part.findings.hasErrors ? nil : part.policy
    } catch { return nil }
  }
}

private let file = SourceFile(
  path: "policy.yaml",
  text: """
    apiVersion: braid/v1
    kind: Policy
    networks:
      pods: {chain: [{type: bridge, isDefaultGateway: true, ipam: {type: host-local, subnet: 10.1.0.0/16}}]}
      storage: {chain: [{type: macvlan, master: eth1, mtu: 0x578, capabilities: {ips: true}, ipam: {type: static}}]}
      far: {cniVersion: 1.0.0, chain: [{type: outsider, rate: 1.5, none: null}]}
    rules:
      - {name: one, match: {namespaces: [tenant-b, "tenant-a*"], pods: ["d*"]}, attach: [{network: pods}, {network: far}]}
      - {name: two, match: {annotations: {k: v}, not: {labels: {app: x}}}, attach: [{network: storage, mtu: 1400}]}
      - {name: three, match: {annotations: {k: {exists: true}}, arguments: {A: "?"}}, attach: [{network: far}]}
      - {name: all, attach: [{network: pods, defaultRoute: true}]}
    requests:
      - {namespaces: [a, "tenant-*"], networks: [storage, far]}
    """)

private let examined = Policy.examine([file], checks: .errors)

private let whole: Policy = {
  guard let policy = examined.policy, !examined.findings.hasErrors else {
    preconditionFailure(PolicyError(findings: examined.findings).description)
  }
  return policy
}()

private let good = KeptPolicy.write(examined.documents)
