import CLinux

import NetworkTypes

/// A filter of a qdisc: what it matches, and what becomes of such packets (`tc filter`).
package struct Filter: Hashable, Sendable {
  /// Filters are asked in this order, the lowest first.
  package let priority: UInt16
  package let match: Match
  /// The class of the packets. The minor number 0 of an HTB lets them pass without a limit.
  package let classID: TrafficHandle?
  /// The index of the link through which the packets leave instead. Nil leaves them their way.
  package let redirect: Int32?

  package enum Match: Hashable, Sendable {
    case everything
    /// Every packet of a family.
    case family(AddressFamily)
    /// What comes from a network that is not the whole family.
    case source(CIDR)
    /// What goes to a network that is not the whole family.
    case destination(CIDR)
    /// Something that we never ask for.
    case other
  }

  /// The kernel's program for a filter.
  package enum Classifier: String, Sendable, CaseIterable {
    /// Every kernel with shaping has had it, but newer distributions have begun to leave it out.
    case u32
    /// Matches everything.
    case matchall
    /// Matches addresses.
    case flower
  }

  package init(priority: UInt16, match: Match, classID: TrafficHandle? = nil, redirect: Int32? = nil) {
    (self.priority, self.match, self.classID, self.redirect) = (priority, match, classID, redirect)
  }

  /// Nil for a message that is not RTM_NEWTFILTER, and for one that only says that a priority is in use.
  init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWTFILTER) else { return nil }
    let header = try message.header(tcmsg.self)
    let attributes = try message.attributes(after: tcmsg.self)
    guard let options = try attributes.nested(TrafficControlAttribute.options) else { return nil }
    let family = Self.family(UInt16(bigEndian: UInt16(truncatingIfNeeded: header.tcm_info)))
    let classID: UInt32?
    let actions: Attributes?
    switch attributes.string(TrafficControlAttribute.kind).flatMap(Classifier.init) {
    case .u32?:
      // The table that holds the filters has an entry of its own.
      guard let selector = options[TrafficControlAttribute.U32.selector] else { return nil }
      match = try U32.match(selector, family)
      classID = try options.number(TrafficControlAttribute.U32.classID)
      actions = try options.nested(TrafficControlAttribute.U32.actions)
    case .matchall?:
      match = family == .any ? .everything : .other
      classID = try options.number(TrafficControlAttribute.Matchall.classID)
      actions = try options.nested(TrafficControlAttribute.Matchall.actions)
    case .flower?:
      match = try Flower.match(options, family)
      classID = try options.number(TrafficControlAttribute.Flower.classID)
      actions = try options.nested(TrafficControlAttribute.Flower.actions)
    case nil: (match, classID, actions) = (.other, nil, nil)
    }
    priority = UInt16(header.tcm_info >> 16)
    self.classID = classID.map { TrafficHandle(bits: $0) }
    redirect = try Mirred.redirect(actions)
  }
}

extension Filter {
  /// The packets that the kernel shows to a filter at all.
  enum Family: Equatable {
    case any
    case ip(AddressFamily)
    case other
  }

  /// ETH_P_* of linux/if_ether.h, in the machine's byte order.
  private static func family(_ etherType: UInt16) -> Family {
    switch Int32(etherType) {
    case ETH_P_ALL: .any
    case ETH_P_IP: .ip(.ipv4)
    case ETH_P_IPV6: .ip(.ipv6)
    default: .other
    }
  }

  /// In the machine's byte order.
  var etherType: UInt16 {
    let family: AddressFamily
    switch match {
    case .everything, .other: return UInt16(ETH_P_ALL)
    case .family(let whole): family = whole
    case .source(let prefix), .destination(let prefix): family = prefix.family
    }
    return UInt16(family == .ipv4 ? ETH_P_IP : ETH_P_IPV6)
  }

  /// `tc filter add`. A kernel without the classifier, or without the action, answers ENOENT.
  ///
  /// Two filters of one priority must match packets of one family.
  package func add(_ classifier: Classifier, to qdisc: TrafficHandle, of link: Link) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWTFILTER), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(
      tcmsg(link.index, parent: qdisc, info: UInt32(priority) << 16 | UInt32(etherType.bigEndian)))
    message.attribute(TrafficControlAttribute.kind, string: classifier.rawValue)
    message.nest(TrafficControlAttribute.options) { options in
      switch classifier {
      case .u32: U32.write(self, &options)
      case .matchall: write(&options, TrafficControlAttribute.Matchall.classID, TrafficControlAttribute.Matchall.actions)
      case .flower: Flower.write(self, &options)
      }
    }
    return Request(.addFilter, "\(classifier.rawValue) dev \(link.name) \(qdisc)", message)
  }

  /// Writes the class and the action, which every classifier has.
  func write(_ options: inout MessageWriter, _ classType: Int, _ actionsType: Int) {
    if let classID { options.attribute(classType, classID.bits) }
    if let redirect { options.nest(actionsType) { Mirred.write(to: redirect, &$0) } }
  }

  /// The classifier that does the filter's work in a kernel without u32.
  package var otherClassifier: Classifier { match == .everything ? .matchall : .flower }
}

extension RouteSocket {
  /// The filters of a qdisc, in no certain order.
  package mutating func filters(of qdisc: TrafficHandle, _ link: Link) throws(NetlinkError) -> [Filter] {
    var message = MessageWriter(type: UInt16(RTM_GETTFILTER), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(tcmsg(link.index, parent: qdisc))
    return try dump(
      Request(.showFilter, "dev \(link.name) \(qdisc)", message, absence: [.noSuchDevice, .invalidArgument])
    ) { (message) throws(MalformedReply) in try Filter(message) }
  }
}
