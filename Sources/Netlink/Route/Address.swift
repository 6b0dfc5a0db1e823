import CLinux
import NetworkTypes

/// An address of a link (`ip address`).
package struct Address: Hashable, Sendable {
  /// The link's index.
  package let link: Int32
  package let cidr: CIDR
  /// IFA_F_* of linux/if_addr.h.
  package let flags: UInt32
  /// RT_SCOPE_* of rtnetlink(7).
  package let scope: UInt8
  /// IPv4 only.
  package let label: String?
  package let broadcast: IPAddress?

  /// Whether duplicate address detection still runs on it. Until it ends, nothing may be sent from the address.
  package var isTentative: Bool { flags & UInt32(IFA_F_TENTATIVE) != 0 }

  /// Whether it stays until somebody removes it. An address that a router's advertisement gave has a lifetime.
  package var isPermanent: Bool { flags & UInt32(IFA_F_PERMANENT) != 0 }

  /// Whether duplicate address detection found it on another host of the link.
  package var isDuplicate: Bool { flags & UInt32(IFA_F_DADFAILED) != 0 }

  /// Nil for a message that is not RTM_NEWADDR, and for addresses of other families than IPv4 and IPv6.
  package init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWADDR) else { return nil }
    let header = try message.header(ifaddrmsg.self)
    guard let family = AddressFamily(kernel: header.ifa_family) else { return nil }
    let attributes = try message.attributes(after: ifaddrmsg.self)
    let other = try attributes.address(AddressAttribute.address, family)
    let own = try attributes.address(AddressAttribute.local, family) ?? other
    cidr = try CIDR(attributes.required(AddressAttribute.address, own), prefix: header.ifa_prefixlen)
    (link, scope) = (Int32(bitPattern: header.ifa_index), header.ifa_scope)
    label = attributes.string(AddressAttribute.label)
    broadcast = try attributes.address(AddressAttribute.broadcast, family)
    flags = try attributes.number(AddressAttribute.flags) ?? UInt32(header.ifa_flags)
  }

  /// The properties that can be chosen for an address.
  package struct Options: Hashable, Sendable {
    /// Whether duplicate address detection runs on an IPv6 address before it may be used.
    ///
    /// It is off (IFA_F_NODAD) by default: IPAM has made the address unique already, and detection takes more than a second.
    package var detectsDuplicates = false
    /// IFA_LABEL, for IPv4 only: the link's name, or the name followed by a colon and a text.
    package var label: String?
    /// RT_SCOPE_*; nil is universe.
    package var scope: UInt8?
    /// Whether an IPv4 address gets the broadcast address of its network. A /31 and a /32 never get one.
    package var broadcasts = true
    /// Whether the kernel adds a route to the address's network. Without it (IFA_F_NOPREFIXROUTE) the network is reached as the
    /// routes say.
    package var hasPrefixRoute = true

    package init(detectsDuplicates: Bool = false, hasPrefixRoute: Bool = true) {
      (self.detectsDuplicates, self.hasPrefixRoute) = (detectsDuplicates, hasPrefixRoute)
    }
  }

  /// `ip address add`: fails with EEXIST if the link has it.
  package static func add(_ cidr: CIDR, to link: Link, detectsDuplicates: Bool) -> Request {
    add(cidr, to: link, Options(detectsDuplicates: detectsDuplicates))
  }

  /// `ip address add`: fails with EEXIST if the link has it.
  package static func add(_ cidr: CIDR, to link: Link, _ options: Options = Options()) -> Request {
    new(cidr, link, options, UInt16(NLM_F_CREATE | NLM_F_EXCL))
  }

  /// `ip address replace`: adds the address, or changes its options if the link has it.
  package static func replace(_ cidr: CIDR, on link: Link, _ options: Options = Options()) -> Request {
    new(cidr, link, options, UInt16(NLM_F_CREATE | NLM_F_REPLACE))
  }

  private static func new(_ cidr: CIDR, _ link: Link, _ options: Options, _ mode: UInt16) -> Request {
    var message = MessageWriter(type: UInt16(RTM_NEWADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK) | mode)
    let flags = cidr.family == .ipv6 && !options.detectsDuplicates ? UInt8(IFA_F_NODAD) : 0
    write(&message, cidr, link, flags: flags, scope: options.scope ?? 0)
    // The flag does not fit the header. With the attribute the kernel ignores the header's flags.
    if !options.hasPrefixRoute {
      message.attribute(AddressAttribute.flags, UInt32(flags) | UInt32(IFA_F_NOPREFIXROUTE))
    }
    if cidr.family == .ipv4 {
      if options.broadcasts, cidr.prefixLength <= 30 { message.attribute(AddressAttribute.broadcast, cidr.last.bytes) }
      if let label = options.label { message.attribute(AddressAttribute.label, string: label) }
    }
    return Request(.addAddress, "\(cidr) dev \(link.name)", message)
  }

  /// `ip address del`: fails with EADDRNOTAVAIL if the link does not have it.
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
    message.attribute(AddressAttribute.local, cidr.address.bytes)
    message.attribute(AddressAttribute.address, cidr.address.bytes)
  }
}

extension RouteSocket {
  /// The addresses of one link, or of all; of one family, or of both.
  package mutating func addresses(of link: Link? = nil, family: AddressFamily? = nil) throws(NetlinkError) -> [Address] {
    var message = MessageWriter(type: UInt16(RTM_GETADDR), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    var header = ifaddrmsg()
    if let family { header.ifa_family = UInt8(family.kernel) }
    header.ifa_index = UInt32(bitPattern: link?.index ?? 0)
    message.header(header)
    // A kernel without strict checking ignores the index and lists the addresses of all links.
    return try dump(Request(.showAddress, link?.name ?? "", message, absence: [.noSuchDevice])) {
      (message) throws(MalformedReply) in try Address(message)
    }.filter { link == nil || $0.link == link?.index }
  }
}
