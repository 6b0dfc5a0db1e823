import Netlink
import NetworkTypes

extension NodeNamespace {
  /// Makes a link in this namespace and returns it; on failure there is none that was not there before.
  func make(_ new: NewLink) throws(DelegateError) -> Link {
    do throws(NetlinkError) {
      let answers = try route.transact([new.request, Link.query(new.name)])
      guard let link = answers[1].flatMap({ Link($0) }) else {
        throw .refused(.showLink, object: new.name.text, .noSuchDevice, kernel: "")
      }
      return link
    } catch {
      // Unless the kernel refused to make it, it may be there.
      if case .refused(.addLink, _, _, _) = error { throw .netlink(error) }
      try? deleteLink(new.name)
      throw .netlink(error)
    }
  }

  /// Deletes the link of that name, if it is there.
  func deleteLink(_ name: InterfaceName) throws(DelegateError) {
    guard let link = try netlink({ () throws(NetlinkError) in try route.link(named: name) }) else { return }
    _ = try netlink { () throws(NetlinkError) in try route.deleteLink(index: link.index, label: link.name) }
  }
}
