import CLinux
import NetworkTypes

extension RouteSocket {
  /// The link of that name, alternative names included; nil if there is none.
  package mutating func link(named name: InterfaceName) throws(NetlinkError) -> Link? { try links([Link.query(name)])[0] }

  /// The link of that index; nil if there is none.
  package mutating func link(index: Int32) throws(NetlinkError) -> Link? { try links([Link.query(index: index)])[0] }

  /// The links of these indices, in this order; nil for one that does not exist.
  package mutating func links(indices: [Int32]) throws(NetlinkError) -> [Link?] {
    try links(indices.map { Link.query(index: $0) })
  }

  /// The links of these names and of these indices, asked for at once; nil for one that does not exist.
  package mutating func links(
    named names: [InterfaceName], indices: [Int32]
  ) throws(NetlinkError) -> (named: [Link?], indexed: [Link?]) {
    let found = try links(names.map { Link.query($0) } + indices.map { Link.query(index: $0) })
    return (Array(found[..<names.count]), Array(found[names.count...]))
  }

  /// All links, or those of one group.
  package mutating func links(group: UInt32? = nil) throws(NetlinkError) -> [Link] {
    let message = Self.listOfLinks { _ in }
    return try dump(Request(.showLink, "", message, absence: [.noSuchDevice])) { (message) throws(MalformedReply) in
      try Link(message)
    }.filter { group == nil || $0.group == group }
  }

  /// The ports of one bridge.
  package mutating func links(ofMaster master: Int32) throws(NetlinkError) -> [Link] {
    let message = Self.listOfLinks { $0.attribute(LinkAttribute.master, master) }
    return try dump(Request(.showLink, "master #\(master)", message, absence: [.noSuchDevice])) {
      (message) throws(MalformedReply) in try Link(message)
    }.filter { $0.master == master }
  }

  /// The links of the kind `ifb`.
  package mutating func ifbs() throws(NetlinkError) -> [Link] {
    let message = Self.listOfLinks { $0.nest(LinkAttribute.info) { $0.attribute(LinkAttribute.Info.kind, string: IFB.kind) } }
    // A kernel that has not loaded the kind lists all links.
    return try dump(Request(.showLink, "type \(IFB.kind)", message, absence: [.noSuchDevice])) {
      (message) throws(MalformedReply) in try Link(message)
    }.filter { $0.kind == .ifb }
  }

  package mutating func add(_ link: NewLink) throws(NetlinkError) { try execute(link.request) }

  /// Makes a link and returns it. Nil if it is gone again, or was born in another namespace.
  package mutating func make(_ link: NewLink) throws(NetlinkError) -> Link? {
    try links([link.request, Link.query(link.name)])[1]
  }

  package mutating func change(_ link: Link, _ change: LinkChange) throws(NetlinkError) {
    try execute(change.request(link.index, label: link.name))
  }

  /// False if it was gone already.
  @discardableResult
  package mutating func deleteLink(index: Int32, label: String) throws(NetlinkError) -> Bool {
    try executeUnlessGone(Link.delete(index: index, label: label))
  }

  /// Deletes every link of a group in one wait; false if there was none.
  ///
  /// The group must not be 0, to which the loopback and every link without a group of its own belong.
  @discardableResult
  package mutating func deleteLinks(group: UInt32) throws(NetlinkError) -> Bool {
    precondition(group != 0, "group 0 holds the loopback and every link that nobody grouped")
    return try executeUnlessGone(Link.delete(group: group))
  }

  /// Deletes these links in one wait, and no others: puts them into a group first that has no members yet, and deletes that.
  package mutating func deleteLinks(_ links: [Link], throughGroup group: UInt32) throws(NetlinkError) {
    precondition(group != 0, "group 0 holds the loopback and every link that nobody grouped")
    try execute(links.map { LinkChange(group: group).request($0.index, label: $0.name) } + [Link.delete(group: group)])
  }

  /// The answers to requests, decoded; nil for a change, and for a query about a link that does not exist.
  private mutating func links(_ requests: [Request]) throws(NetlinkError) -> [Link?] {
    var links: [Link?] = []
    for (request, answer) in zip(requests, try transact(requests)) {
      guard let answer else {
        links.append(nil)
        continue
      }
      links.append(try request.decode { () throws(MalformedReply) in try Link(answer) })
    }
    return links
  }

  private static func listOfLinks(_ filter: (inout MessageWriter) -> Void) -> MessageWriter {
    var message = MessageWriter(type: UInt16(RTM_GETLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_DUMP))
    message.header(ifinfomsg())
    filter(&message)
    message.attribute(LinkAttribute.extensions, UInt32(RTEXT_FILTER_SKIP_STATS))
    return message
  }
}
