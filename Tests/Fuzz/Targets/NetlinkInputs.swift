@testable import Netlink

/// A datagram of the kernel, possibly with changed bytes.
func netlinkInput(_ bytes: [UInt8]) throws(Violation) {
  guard let messages = try? Message.all(in: bytes) else { return }
  try Violation.unless(messages.count * 16 <= bytes.count, "more messages than bytes")
  for message in messages {
    if (2...3).contains(message.type) { _ = try? Acknowledgement(message) }
    let attributes = (try? Attributes(message.payload))?.all ?? []
    try Violation.unless(
      attributes.allSatisfy { $0.value.count <= message.payload.count }, "an attribute is longer than its message")
  }
  try comeBack(messages)
  try comeBackToTrafficControl(messages)
}

/// A request that is made from an object of the kernel decodes to the same object.
private func comeBack(_ messages: [Message]) throws(Violation) {
  var link: Link?
  for message in messages {
    link = (try? Link(message)) ?? link
    for route in (try? Route.all(in: message)) ?? [] { try comeBack(route) }
    guard let link else { continue }
    if let vlans = try? BridgeVLAN.all(in: message) { try comeBack(Set(vlans), link) }
    _ = (Link.delete(index: link.index, label: link.name), LinkChange(isUp: true).request(link.index, label: link.name))
    if let address = try? Address(message) {
      let again = try read(Address.add(address.cidr, to: link)) { (message) throws(MalformedReply) in try Address(message) }
      try Violation.unless(again?.cidr == address.cidr && again?.link == link.index, "an address does not come back: \(address)")
    }
    if let neighbour = try? Neighbour(message), let mac = neighbour.mac {
      let again = try read(Neighbour.set(neighbour.address, mac: mac, on: link)) { (message) throws(MalformedReply) in
        try Neighbour(message)
      }
      try Violation.unless(
        again?.address == neighbour.address && again?.mac == mac && again?.link == link.index,
        "a neighbour does not come back: \(neighbour)")
    }
  }
}

/// The same for qdiscs, classes and filters.
private func comeBackToTrafficControl(_ messages: [Message]) throws(Violation) {
  guard let link = messages.lazy.compactMap({ try? Link($0) }).first else { return }
  for message in messages {
    if let qdisc = try? Qdisc(message) {
      let again = try read(Qdisc.add(qdisc.kind, qdisc.handle, under: qdisc.parent, to: link)) {
        (message) throws(MalformedReply) in try Qdisc(message)
      }
      try Violation.unless(again?.kind == qdisc.kind, "a qdisc does not come back: \(qdisc)")
    }
    if let made = try? HTBClass(message) {
      let request = HTBClass.add(made.handle, rate: made.rate, buffer: made.buffer, quantum: 1, to: link)
      let again = try read(request) { (message) throws(MalformedReply) in try HTBClass(message) }
      try Violation.unless(again?.rate == made.rate && again?.buffer == made.buffer, "a class does not come back: \(made)")
    }
    if let filter = try? Filter(message), filter.match != .other {
      for classifier in [Filter.Classifier.u32, filter.otherClassifier] {
        let again = try read(filter.add(classifier, to: .ingressQdisc, of: link)) { (message) throws(MalformedReply) in
          try Filter(message)
        }
        try Violation.unless(again == filter, "a filter does not come back: \(filter)")
      }
    }
  }
}

private func comeBack(_ route: Route) throws(Violation) {
  // Host bits are not written.
  let again = try read(route.add) { (message) throws(MalformedReply) in try Route.all(in: message).first }
  guard let again else { throw Violation(description: "no route any more: \(route)") }
  let thirdTime = try read(again.add) { (message) throws(MalformedReply) in try Route.all(in: message).first }
  try Violation.unless(thirdTime == again, "a route does not come back: \(again)")
  try Violation.unless(again.description == route.description, "another route: \(route), \(again)")
}

private func comeBack(_ vlans: Set<BridgeVLAN>, _ link: Link) throws(Violation) {
  let request = BridgeVLAN.add(Array(vlans), to: link)
  guard !request.message.isTooLong else { return }
  let again = try read(request) { (message) throws(MalformedReply) in Set(try BridgeVLAN.all(in: message)) }
  try Violation.unless(again == vlans, "VLANs do not come back: \(vlans)")
}

/// Decodes one of Braid's own requests. If it is malformed, that is a violation.
private func read<T>(_ request: Request, _ decode: (Message) throws(MalformedReply) -> T?) throws(Violation) -> T? {
  do {
    let messages = try Message.all(in: request.message.bytes)
    return messages.count == 1 ? try decode(messages[0]) : nil
  } catch { throw Violation(description: "our own request is malformed: \(error)") }
}
