@testable import Netlink

/// A datagram of the kernel's, or what somebody made of one.
func netlinkInput(_ bytes: [UInt8]) throws(Violation) {
  let messages = Message.all(in: bytes)
  try Violation.unless(messages.count * 16 <= bytes.count, "more messages than bytes")
  for message in messages {
    if (2...3).contains(message.type) { _ = Acknowledgement(message) }
    let attributes = Attributes(message.payload)
    try Violation.unless(
      attributes.all.allSatisfy { $0.value.count <= message.payload.count }, "an attribute is longer than its message")
  }
  try comeBack(messages)
}

/// What we ask for, of what the kernel told, is what it told.
private func comeBack(_ messages: [Message]) throws(Violation) {
  var link: Link?
  for message in messages {
    link = Link(message) ?? link
    if let route = Route(message) {
      // Bits of the host are not written.
      guard let again = read(route.add).flatMap(Route.init) else { throw Violation(description: "no route any more: \(route)") }
      try Violation.unless(read(again.add).flatMap(Route.init) == again, "a route does not come back: \(again)")
      try Violation.unless(again.description == route.description, "another route: \(route), \(again)")
    }
    guard let link else { continue }
    try comeBack(Set(BridgeVLAN.all(in: message)), link)
    _ = (Link.delete(index: link.index, label: link.name), LinkChange(isUp: true).request(link.index, label: link.name))
    if let address = Address(message) {
      let again = read(Address.add(address.cidr, to: link)).flatMap(Address.init)
      try Violation.unless(again?.cidr == address.cidr && again?.link == link.index, "an address does not come back: \(address)")
    }
    if let neighbour = Neighbour(message), let mac = neighbour.mac {
      let again = read(Neighbour.set(neighbour.address, mac: mac, on: link)).flatMap(Neighbour.init)
      try Violation.unless(
        again?.address == neighbour.address && again?.mac == mac && again?.link == link.index,
        "a neighbour does not come back: \(neighbour)")
    }
  }
}

private func comeBack(_ vlans: Set<BridgeVLAN>, _ link: Link) throws(Violation) {
  let request = BridgeVLAN.add(Array(vlans), to: link)
  guard !request.message.isTooLong else { return }
  let again = read(request).map { Set(BridgeVLAN.all(in: $0)) }
  try Violation.unless(again == vlans, "VLANs do not come back: \(vlans)")
}

private func read(_ request: Request) -> Message? {
  let messages = Message.all(in: request.message.bytes)
  return messages.count == 1 ? messages[0] : nil
}
