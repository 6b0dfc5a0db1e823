import CLinux

/// A class of an HTB that borrows from no other: its rate is its ceiling (`tc class … htb`).
package struct HTBClass: Equatable, Sendable {
  package let link: Int32
  package let handle: TrafficHandle
  /// In bytes per second.
  package let rate: UInt64
  /// The time in which the empty bucket fills.
  package let buffer: Ticks
  /// Whether rate and ceiling, with the bucket of each, are the same.
  package let isStrict: Bool

  /// Nil for a message that is not RTM_NEWTCLASS, and for a class of another kind of qdisc.
  init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWTCLASS) else { return nil }
    let header = try message.header(tcmsg.self)
    let attributes = try message.attributes(after: tcmsg.self)
    guard attributes.string(TrafficControlAttribute.kind) == HTB.kind,
      let options = try attributes.nested(TrafficControlAttribute.options)
    else { return nil }
    let parameters = try options.structure(TrafficControlAttribute.HTB.parameters, tc_htb_opt.self)
    (link, handle) = (header.tcm_ifindex, TrafficHandle(bits: header.tcm_handle))
    rate = try options.number(TrafficControlAttribute.HTB.rate64) ?? UInt64(parameters.rate.rate)
    buffer = Ticks(count: parameters.buffer)
    let ceiling = try options.number(TrafficControlAttribute.HTB.ceiling64) ?? UInt64(parameters.ceil.rate)
    isStrict = ceiling == rate && parameters.cbuffer == parameters.buffer
  }

  /// `tc class add`: fails with EEXIST if the class is there.
  ///
  /// `quantum` is how many bytes the class sends before another one's turn. The kernel's own choice makes it log a warning for most rates.
  package static func add(_ handle: TrafficHandle, rate: UInt64, buffer: Ticks, quantum: UInt32, to link: Link) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWTCLASS), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(tcmsg(link.index, handle: handle, parent: TrafficHandle(bits: handle.bits & 0xffff_0000)))
    message.attribute(TrafficControlAttribute.kind, string: HTB.kind)
    message.nest(TrafficControlAttribute.options) { options in
      var parameters = tc_htb_opt()
      parameters.rate = tc_ratespec(rate)
      parameters.ceil = parameters.rate
      (parameters.buffer, parameters.cbuffer, parameters.quantum) = (buffer.count, buffer.count, quantum)
      options.attribute(TrafficControlAttribute.HTB.parameters, structure: parameters)
      guard rate > UInt32.max else { return }
      options.attribute(TrafficControlAttribute.HTB.rate64, rate)
      options.attribute(TrafficControlAttribute.HTB.ceiling64, rate)
    }
    return Request(.addClass, "\(handle) htb dev \(link.name)", message)
  }
}

extension RouteSocket {
  /// The classes of a link that are an HTB's.
  package mutating func htbClasses(of link: Link) throws(NetlinkError) -> [HTBClass] {
    var message = MessageWriter(type: UInt16(RTM_GETTCLASS), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(tcmsg(link.index, parent: .none))
    return try dump(Request(.showClass, "dev \(link.name)", message, absence: [.noSuchDevice])) {
      (message) throws(MalformedReply) in try HTBClass(message)
    }.filter { $0.link == link.index }
  }
}
