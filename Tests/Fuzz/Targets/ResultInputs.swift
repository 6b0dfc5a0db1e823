import CNI
import JSON
import NetworkTypes
import Plugins

@testable import Engine
@testable import IPAM

/// Results of delegates, separated by zero bytes, are merged into one result for a runtime. The first one is Braid's own prevResult.
func resultInput(_ bytes: [UInt8]) throws(Violation) {
  guard let eth0 = try? InterfaceName("eth0") else { return }
  var results: [CNIResult] = []
  for part in bytes.parts {
    guard let json = try? JSON(parsing: part) else { continue }
    if let error = ErrorObject(json) { try isToldOf(error) }
    if let object = json.object, let result = try? CNIResult(object, fallback: .newest) { results.append(result) }
  }
  let attachments = results.enumerated().compactMap { i, result -> DoneAttachment? in
    guard let name = i == 0 ? eth0 : try? InterfaceName("net\(i)"), let network = try? NetworkName("net") else { return nil }
    return DoneAttachment(
      planned: PlannedAttachment(
        network: network, interface: name, defaultRoute: .init(allowed: i == 0 ? AddressFamily.allCases : []),
        delegates: [], args: .none, isChecked: true, isInResult: i != 2), result: result)
  }
  guard let first = results.first else { return }
  try isFit(CNIResult(merging: attachments, sandbox: "/var/run/netns/a"), by: eth0)
  try isFit(CNIResult(merging: Array(attachments.dropFirst()), after: first, sandbox: "/var/run/netns/a"), by: nil)
}

private func isToldOf(_ error: ErrorObject) throws(Violation) {
  for version in SpecVersion.allCases {
    let text = error.json(version).text()
    guard let json = try? JSON(parsing: text) else { throw Violation(description: "no JSON: \(text)") }
    try Violation.unless(ErrorObject(json) == error, "an error object does not come back: \(text)")
  }
}

/// Indices refer to existing interfaces, no interface occurs twice, and a written result can be read back unchanged.
private func isFit(_ merged: CNIResult, by first: InterfaceName?) throws(Violation) {
  let text = { (try? merged.json(.newest))?.text() ?? "" }
  let areKnown = merged.ips.allSatisfy { $0.interface.map { merged.interfaces.indices.contains($0) } ?? false }
  try Violation.unless(areKnown, "an address is on no interface: \(text())")
  let places = merged.interfaces.map { [$0.name, $0.sandbox] }
  try Violation.unless(Set(places).count == places.count, "an interface is there twice: \(text())")
  let isFirst = merged.interfaces.first.map { $0.name == "eth0" && !$0.sandbox.isEmpty } ?? true
  let hasFirst = merged.interfaces.contains { $0.name == "eth0" && !$0.sandbox.isEmpty }
  try Violation.unless(first == nil || isFirst || !hasFirst, "the runtime's interface is not the first: \(text())")
  let again = (try? merged.json(.newest))?.object.flatMap { try? CNIResult($0, fallback: .newest) }
  try Violation.unless(again == merged, "a merged result does not come back: \(text())")
}

/// Files of the IPAM on the node's disk: a reservation, an entry of the index, resolv.conf.
func reservationInput(_ bytes: [UInt8]) throws(Violation) {
  if let owner = Owner(reservation: bytes) {
    try Violation.unless(Owner(reservation: owner.reservation) == owner, "an owner does not come back: \(owner)")
    let name = owner.file
    let isPlain = !name.contains("/") && ![".", "..", ""].contains(name) && name.utf8.count <= 255 && !name.utf8.contains(0)
    try Violation.unless(isPlain, "no name of a file: \(name)")
  }
  let text = String(decoding: bytes, as: UTF8.self)
  if let entry = ReservationIndex.Entry(text: text) {
    try Violation.unless(ReservationIndex.Entry(text: entry.text) == entry, "an entry does not come back: \(entry.text)")
  }
  if let address = try? IPAddress(text) {
    try Violation.unless((try? IPAddress(address.description)) == address, "an address does not come back: \(address)")
  }
  let dns = ResolvConf.read(bytes)
  let words = dns.nameservers + dns.search + dns.options + [dns.domain]
  try Violation.unless(words.allSatisfy { !$0.contains(where: \.isWhitespace) }, "more than a word: \(words)")
}
