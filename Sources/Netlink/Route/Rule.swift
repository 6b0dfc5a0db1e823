import CLinux
import Glibc
import NetworkTypes
import System

/// A rule that sends packets to a routing table (`ip rule`).
package struct Rule: Hashable, Sendable {
  package let family: AddressFamily
  /// The packets' source. Nil is every source.
  package var source: CIDR?
  package var table: UInt32
  /// The kernel asks the rules in ascending order. Nil lets the kernel choose one before all that have been chosen so.
  package var priority: UInt32?
  /// RTPROT_*: the kind of program that made it. 0 for programs that do not tell, and for kernels before Linux 4.17.
  package var `protocol`: UInt8
  /// Whether it has conditions, or an action, that have no property here.
  package private(set) var isSpecial = false

  package init(
    from source: CIDR, table: UInt32, priority: UInt32? = nil, protocol number: UInt8 = UInt8(RTPROT_BOOT)
  ) {
    (family, self.source, self.table, self.priority, self.protocol) = (source.family, source, table, priority, number)
  }

  /// Nil for a message that is not RTM_NEWRULE, and for other families than IPv4 and IPv6.
  package init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWRULE) else { return nil }
    let header = try message.header(fib_rule_hdr.self)
    guard let family = AddressFamily(kernel: header.family) else { return nil }
    let attributes = try message.attributes(after: fib_rule_hdr.self)
    self.family = family
    if let address = try attributes.address(RuleAttribute.source, family) {
      source = try CIDR(address, prefix: header.src_len)
    }
    table = try attributes.number(RuleAttribute.table) ?? UInt32(header.table)
    // The kernel leaves out the priority 0.
    priority = try attributes.number(RuleAttribute.priority) ?? 0
    self.protocol = try attributes.number(RuleAttribute.protocol) ?? 0
    let conditions = [RuleAttribute.destination, RuleAttribute.inputLink, RuleAttribute.outputLink, RuleAttribute.mark]
    isSpecial =
      header.action != UInt8(FR_ACT_TO_TBL) || header.flags & UInt32(FIB_RULE_INVERT) != 0 || header.tos != 0
      || conditions.contains { attributes[$0] != nil }
  }

  /// `ip rule add`: fails with EEXIST if there is an equal rule.
  package var add: Request { request(.addRule, UInt16(RTM_NEWRULE), UInt16(NLM_F_CREATE | NLM_F_EXCL)) }
  /// `ip rule del`: deletes the first rule that agrees; fails with ENOENT if there is none.
  package var delete: Request { request(.deleteRule, UInt16(RTM_DELRULE), 0) }

  private func request(_ operation: NetlinkError.Operation, _ type: UInt16, _ flags: UInt16) -> Request {
    var message = MessageWriter(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK) | flags)
    var header = fib_rule_hdr()
    header.family = UInt8(family.kernel)
    header.src_len = UInt8(source?.prefixLength ?? 0)
    header.table = UInt8(exactly: table) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
    // A deletion without an action agrees with any.
    if type == UInt16(RTM_NEWRULE) { header.action = UInt8(FR_ACT_TO_TBL) }
    message.header(header)
    if let source { message.attribute(RuleAttribute.source, source.network.address.bytes) }
    if let priority { message.attribute(RuleAttribute.priority, priority) }
    if table >= 256 { message.attribute(RuleAttribute.table, table) }
    message.attribute(RuleAttribute.protocol, self.protocol)
    return Request(operation, description, message)
  }
}

extension Rule: CustomStringConvertible {
  /// As `ip rule` writes it.
  package var description: String { "from \(source.map { "\($0.network)" } ?? "all") lookup \(table)" }
}

extension RouteSocket {
  /// All rules of a family, in the order in which the kernel asks them. None if the kernel has no rules for the family.
  package mutating func rules(_ family: AddressFamily) throws(NetlinkError) -> [Rule] {
    var message = MessageWriter(type: UInt16(RTM_GETRULE), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = fib_rule_hdr()
    header.family = UInt8(family.kernel)
    message.header(header)
    let request = Request(.showRule, family == .ipv4 ? "inet" : "inet6", message, absence: [.addressFamilyNotSupported])
    return try dump(request) { (message) throws(MalformedReply) in try Rule(message) }.filter { $0.family == family }
  }
}
