@testable import Netlink

/// A datagram of the kernel's, or what somebody made of one.
func netlinkInput(_ bytes: [UInt8]) throws(Violation) {
  let messages = Message.all(in: bytes)
  try Violation.unless(messages.count * 16 <= bytes.count, "more messages than bytes")
  for message in messages {
    _ = (Link(message), Address(message), Route(message), Neighbour(message), BridgeVLAN.all(in: message))
    if (2...3).contains(message.type) { _ = Acknowledgement(message) }
    let attributes = Attributes(message.payload)
    try Violation.unless(
      attributes.all.allSatisfy { $0.value.count <= message.payload.count }, "an attribute is longer than its message")
  }
}
