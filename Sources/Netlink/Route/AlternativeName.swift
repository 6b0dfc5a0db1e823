import CLinux
import System

/// A further name of a link, up to 127 bytes (`ip link property`, `altname`). Linux has them since 5.5.
package enum AlternativeName {
  /// `ip link property add`: fails with EEXIST if a link of the namespace has the name.
  package static func add(_ name: String, to link: Link) -> Request { request(UInt16(RTM_NEWLINKPROP), name, link) }

  /// `ip link property del`: fails with ENOENT if the link does not have the name.
  package static func delete(_ name: String, from link: Link) -> Request { request(UInt16(RTM_DELLINKPROP), name, link) }

  private static func request(_ type: UInt16, _ name: String, _ link: Link) -> Request {
    var message = MessageWriter(type: type, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: link.index))
    // These requests are checked strictly: the list must be marked as nested.
    message.nest(LinkAttribute.properties | Int(NLA_F_NESTED)) {
      $0.attribute(LinkAttribute.alternativeName, string: name)
    }
    return Request(.setLink, "\(link.name) altname \(name)", message)
  }
}
