import CLinux
import Glibc
import NetworkTypes
import System

/// An address of a link (`ip address`).
package struct Address: Hashable, Sendable {
  package let link: Int32
  package let cidr: CIDR
  /// IFA_F_* of linux/if_addr.h.
  package let flags: UInt32
  /// RT_SCOPE_* of rtnetlink(7).
  package let scope: UInt8
  /// IPv4 only.
  package let label: String?
  package let broadcast: IPAddress?

  /// Whether duplicate address detection still runs on it, so that nothing may be sent from it.
  package var isTentative: Bool { flags & UInt32(IFA_F_TENTATIVE) != 0 }

  /// Whether somebody else on the link was found to have it.
  package var isDuplicate: Bool { flags & UInt32(IFA_F_DADFAILED) != 0 }

  package init?(_ message: Message) {
    guard message.type == UInt16(RTM_NEWADDR), let prefix = message.payload.load(UInt8.self, at: 1),
      let scope = message.payload.load(UInt8.self, at: 3), let link = message.payload.load(Int32.self, at: 4)
    else { return nil }
    let attributes = Attributes(message.payload.dropFirst(MemoryLayout<ifaddrmsg>.size))
    // IFA_LOCAL is our end of a point-to-point link, IFA_ADDRESS the other; IPv6 has IFA_ADDRESS only.
    guard let bytes = attributes[Int(IFA_LOCAL)] ?? attributes[Int(IFA_ADDRESS)], let address = IPAddress(bytes: bytes),
      let cidr = try? CIDR(address, prefixLength: Int(prefix))
    else { return nil }
    (self.link, self.cidr, self.scope) = (link, cidr, scope)
    label = attributes.string(Int(IFA_LABEL))
    broadcast = attributes[Int(IFA_BROADCAST)].flatMap { IPAddress(bytes: $0) }
    flags = attributes.number(Int(IFA_FLAGS)) ?? UInt32(message.payload.load(UInt8.self, at: 2) ?? 0)
  }

  /// What an address has beside itself.
  package struct Options: Hashable, Sendable {
    /// Whether duplicate address detection runs on an IPv6 address before it may be used.
    ///
    /// Off (IFA_F_NODAD) unless asked for: IPAM made the address unique, nobody should wait.
    package var detectsDuplicates = false
    /// IFA_LABEL, of IPv4 addresses: the link's name, or that, a colon and more.
    package var label: String?
    /// RT_SCOPE_*; nil is universe.
    package var scope: UInt8?
    /// Whether an IPv4 address, up to /30, gets the broadcast address of its network.
    package var broadcasts = true

    package init(detectsDuplicates: Bool = false) { self.detectsDuplicates = detectsDuplicates }
  }

  /// `ip address add`: fails with EEXIST if it is there.
  package static func add(_ cidr: CIDR, to link: Link, detectsDuplicates: Bool) -> Request {
    add(cidr, to: link, Options(detectsDuplicates: detectsDuplicates))
  }

  /// `ip address add`: fails with EEXIST if it is there.
  package static func add(_ cidr: CIDR, to link: Link, _ options: Options = Options()) -> Request {
    new(cidr, link, options, UInt16(NLM_F_CREATE | NLM_F_EXCL))
  }

  /// `ip address replace`: changes the options of an address that is there.
  package static func replace(_ cidr: CIDR, on link: Link, _ options: Options = Options()) -> Request {
    new(cidr, link, options, UInt16(NLM_F_CREATE | NLM_F_REPLACE))
  }

  private static func new(_ cidr: CIDR, _ link: Link, _ options: Options, _ mode: UInt16) -> Request {
    var message = MessageWriter(type: UInt16(RTM_NEWADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK) | mode)
    let flags = cidr.family == .ipv6 && !options.detectsDuplicates ? UInt8(IFA_F_NODAD) : 0
    write(&message, cidr, link, flags: flags, scope: options.scope ?? 0)
    if cidr.family == .ipv4 {
      if options.broadcasts, cidr.prefixLength <= 30 { message.attribute(Int(IFA_BROADCAST), cidr.last.bytes) }
      if let label = options.label { message.attribute(Int(IFA_LABEL), string: label) }
    }
    return Request(.addAddress, "\(cidr) dev \(link.name)", message)
  }

  /// `ip address del`: fails with EADDRNOTAVAIL if it is not there.
  package static func delete(_ cidr: CIDR, from link: Link) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    write(&message, cidr, link)
    return Request(.deleteAddress, "\(cidr) dev \(link.name)", message)
  }

  private static func write(_ message: inout MessageWriter, _ cidr: CIDR, _ link: Link, flags: UInt8 = 0, scope: UInt8 = 0) {
    var header = ifaddrmsg()
    header.ifa_family = UInt8(cidr.family.kernel)
    header.ifa_prefixlen = UInt8(cidr.prefixLength)
    header.ifa_flags = flags
    header.ifa_scope = scope
    header.ifa_index = UInt32(bitPattern: link.index)
    message.header(header)
    message.attribute(Int(IFA_LOCAL), cidr.address.bytes)
    message.attribute(Int(IFA_ADDRESS), cidr.address.bytes)
  }
}

extension AddressFamily {
  /// AF_INET or AF_INET6.
  var kernel: Int32 { self == .ipv4 ? AF_INET : AF_INET6 }
}

extension RouteSocket {
  /// The addresses of one link, or of all.
  package mutating func addresses(of link: Link? = nil) throws(NetlinkError) -> [Address] {
    var message = MessageWriter(type: UInt16(RTM_GETADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = ifaddrmsg()
    header.ifa_index = UInt32(bitPattern: link?.index ?? 0)
    message.header(header)
    // A kernel without strict checking ignores the index and tells all.
    return try dump(Request(.showAddress, link?.name ?? "", message)).compactMap { Address($0) }
      .filter { link == nil || $0.link == link?.index }
  }
}
