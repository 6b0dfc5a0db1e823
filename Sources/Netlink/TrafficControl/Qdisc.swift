import CLinux
import System

/// A queueing discipline of a link (`tc qdisc`).
package struct Qdisc: Equatable, Sendable {
  package let link: Int32
  package let handle: TrafficHandle
  package let parent: TrafficHandle
  package let kind: Kind

  package enum Kind: Equatable, Sendable {
    case tbf(TBF)
    case htb(HTB)
    case bfifo(BFIFO)
    /// Sees what the link receives. It only has filters.
    case ingress
    /// Any other kind, by the kernel's name for it.
    case other(String)
  }

  /// Nil for a message that is not RTM_NEWQDISC.
  init?(_ message: Message) throws(MalformedReply) {
    guard message.type == UInt16(RTM_NEWQDISC) else { return nil }
    let header = try message.header(tcmsg.self)
    link = header.tcm_ifindex
    (handle, parent) = (TrafficHandle(bits: header.tcm_handle), TrafficHandle(bits: header.tcm_parent))
    kind = try Kind(try message.attributes(after: tcmsg.self))
  }

  /// `tc qdisc add`: fails with EEXIST if there is one of this parent. A kernel without the kind answers ENOENT.
  package static func add(
    _ kind: Kind, _ handle: TrafficHandle, under parent: TrafficHandle = .root, to link: Link
  ) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWQDISC), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(tcmsg(link.index, handle: handle, parent: parent))
    kind.write(&message)
    return Request(.addQdisc, "\(kind.name) dev \(link.name) \(parent)", message)
  }

  /// `tc qdisc del`, with everything under it: fails with ENOENT if there is none.
  package static func delete(under parent: TrafficHandle, of link: Link) -> Request {
    var message = MessageWriter(type: UInt16(RTM_DELQDISC), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(tcmsg(link.index, parent: parent))
    return Request(.deleteQdisc, "dev \(link.name) \(parent)", message)
  }

  /// Asks for a qdisc of the loopback without saying how it is to work. Every kernel refuses it: with ENOENT if it lacks the kind. Only for
  /// kinds that do not work without options.
  package static func probe(_ kind: Probed) -> Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWQDISC), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(tcmsg(1, parent: .root))
    message.attribute(TrafficControlAttribute.kind, string: kind.rawValue)
    return Request(.addQdisc, "\(kind.rawValue) dev lo root", message)
  }

  package enum Probed: String, Sendable { case tbf, htb }

  /// Asks for the qdisc of a parent. The kernel says of a link without one, or with one of its own such as `noqueue`, that there is none.
  static func query(under parent: TrafficHandle, of link: Link) -> Request {
    // A list would have the qdiscs of all links. To a question about one qdisc the kernel answers by a notification, of which the asker gets a
    // copy if it wants an echo. About some qdiscs of the kernel's own it says nothing, so the asker wants an acknowledgement as well.
    var message = MessageWriter(type: UInt16(RTM_GETQDISC), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO))
    message.header(tcmsg(link.index, parent: parent))
    return Request(
      .showQdisc, "dev \(link.name) \(parent)", message, absence: [.noSuchFileOrDirectory, .invalidArgument, .noSuchDevice])
  }
}

extension Qdisc.Kind {
  fileprivate init(_ attributes: Attributes) throws(MalformedReply) {
    let name = try attributes.required(TrafficControlAttribute.kind, attributes.string(TrafficControlAttribute.kind))
    let value = attributes[TrafficControlAttribute.options]
    switch (name, value) {
    case (TBF.kind, let value?): self = .tbf(try TBF(Attributes(value)))
    case (HTB.kind, let value?): self = .htb(try HTB(Attributes(value)))
    case (BFIFO.kind, let value?): self = .bfifo(try BFIFO(value))
    case (Self.ingressName, _): self = .ingress
    default: self = .other(name)
    }
  }

  private static let ingressName = "ingress"

  package var name: String {
    switch self {
    case .tbf: TBF.kind
    case .htb: HTB.kind
    case .bfifo: BFIFO.kind
    case .ingress: Self.ingressName
    case .other(let name): name
    }
  }

  fileprivate func write(_ message: inout MessageWriter) {
    message.attribute(TrafficControlAttribute.kind, string: name)
    switch self {
    case .tbf(let tbf): message.nest(TrafficControlAttribute.options) { tbf.write(&$0) }
    case .htb(let htb): message.nest(TrafficControlAttribute.options) { htb.write(&$0) }
    case .bfifo(let bfifo): bfifo.write(&message)
    case .ingress, .other: break
    }
  }
}

extension RouteSocket {
  /// The qdisc of each parent; nil where there is none but the kernel's own.
  package mutating func qdiscs(of places: [(parent: TrafficHandle, link: Link)]) throws(NetlinkError) -> [Qdisc?] {
    let requests = places.map { Qdisc.query(under: $0.parent, of: $0.link) }
    var found: [Qdisc?] = []
    for (request, answer) in zip(requests, try transact(requests)) {
      guard let answer else {
        found.append(nil)
        continue
      }
      found.append(try request.decode { () throws(MalformedReply) in try Qdisc(answer) })
    }
    return found
  }
}
