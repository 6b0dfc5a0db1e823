import CNI
import Netlink
import NetworkTypes
import Plugins
import System

/// The links in a Pod's namespace that an ADD made, whatever the Pod has made of their names, groups and addresses.
///
/// All of them are deleted at once, because the kernel then waits once for all and not once for each. This only saves time: the delegates
/// look for the links that remain.
struct OwnLinks {
  /// The attachments whose links were found by the numbers that the record has of them.
  private(set) var attachments: Set<Int> = []
  private var links: [Link] = []

  /// Finds the links. Links of attachments with other plugins' delegates are left to these: they may need the interface.
  init(_ record: Record, in container: NodeNamespace, _ delegates: DelegateLookup) throws(NetlinkError) {
    var known: [(number: Int, numbers: CNIResult.LinkNumbers)] = []
    var isWhole = true
    for (number, attachment) in record.plan.attachments.enumerated() {
      guard attachment.heedsOptions(delegates), attachment.makesInterface(delegates) else { continue }
      let made = record.result(of: number)?.interfaces.last { $0.name == attachment.interface.text && !$0.sandbox.isEmpty }
      if let numbers = made?.numbers { known.append((number, numbers)) } else { isWhole = false }
    }
    if !known.isEmpty {
      let found = try container.route.links(indices: known.map(\.numbers.index))
      for ((number, numbers), link) in zip(known, found) {
        guard let link, link.isOfInterfacePlugin, numbers.hasSameParent(as: link) else { continue }
        links.append(link)
        attachments.insert(number)
      }
    }
    if !isWhole { try addGroup(record.attachment.linkGroup, container) }
  }

  /// Finds the links without a record: those in the group of the attachment.
  init(_ attachment: Attachment, in container: NodeNamespace) throws(NetlinkError) {
    try addGroup(attachment.linkGroup, container)
  }

  /// The Pod may have put links of its own into the group: not those of other kinds, nor pairs with both ends in its namespace.
  private mutating func addGroup(_ group: UInt32, _ container: NodeNamespace) throws(NetlinkError) {
    for link in try container.route.links(group: group) where link.isOfInterfacePlugin {
      if !links.contains(where: { $0.index == link.index }) { links.append(link) }
    }
  }

  /// Deletes the links in one wait.
  func delete(in container: NodeNamespace) throws {
    guard !links.isEmpty else { return }
    let random = try RandomBytes.get(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    // A group that no attachment has (`Attachment.linkGroup`), and that the Pod cannot know before.
    try container.route.deleteLinks(links, throughGroup: random | 0x8000_0000)
  }
}

extension Link {
  /// Whether one of our interface plugins can have made it: a veth whose other end is in another namespace, or a macvlan.
  fileprivate var isOfInterfacePlugin: Bool {
    switch kind {
    case .veth: parentNamespace != nil
    case .macvlan: true
    case .bridge, .vlan, .ifb, .other, .none: false
    }
  }
}
