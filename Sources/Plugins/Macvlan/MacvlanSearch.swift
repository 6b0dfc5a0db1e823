import CNI
import Netlink
import NetworkTypes

/// Finds the macvlan of an ADD in a container whose workload may have renamed it, changed its address, or moved it to another namespace,
/// and may have made others.
///
/// The workload can change all of this, but neither the kind of a link nor its master.
struct MacvlanSearch {
  private let call: DelegateCall
  private let container: NodeNamespace
  /// The interface in the result of the ADD; nil if there is none.
  private let made: CNIResult.Interface?

  /// How many namespaces are searched for a link that the workload has moved away.
  private static let namespaceLimit = 64

  init(_ call: DelegateCall, in container: NodeNamespace, made: CNIResult.Interface?) {
    (self.call, self.container, self.made) = (call, container, made)
  }

  func delete() throws(DelegateError) {
    let links = try links()
    for link in links {
      try netlink { () throws(NetlinkError) in _ = try container.route.deleteLink(index: link.index, label: link.name) }
    }
    // The workload can make as many namespaces as it likes. That must not keep DEL from succeeding.
    if links.isEmpty, made?.numbers != nil { try? deleteMoved() }
  }

  /// The link of the noted index, else of the name and address. If there is neither, the workload has hidden it.
  private func links() throws(DelegateError) -> [Link] {
    let found = try netlink { () throws(NetlinkError) in
      try container.route.links(named: [call.ifName], indices: made?.numbers.map { [$0.index] } ?? [])
    }
    if let link = found.indexed.first ?? nil, isCandidate(link) { return [link] }
    let named = (found.named.first ?? nil).flatMap { isCandidate($0) ? $0 : nil }
    guard let made else { return named.map { [$0] } ?? [] }
    if let named, made.agrees(with: named) { return [named] }
    // The workload can change the list again and again. That must not keep DEL from succeeding.
    let candidates = ((try? container.route.links()) ?? []).filter(isCandidate)
    if let link = candidates.first(where: hasAddress) { return [link] }
    // Without numbers the name says more than nothing.
    guard made.numbers != nil else { return named.map { [$0] } ?? [] }
    return candidates.filter { !isOfAnotherADD($0) }
  }

  /// Deletes the link in another namespace that the container's knows, such as one that the workload has made. Nobody can be followed who
  /// moves it further from there.
  ///
  /// The other namespace may be another Pod's, with macvlans of the same master and index. So the link's address must be the noted one, or
  /// both its index and its group.
  private func deleteMoved() throws(NetlinkError) {
    for namespace in try container.route.namespaces().prefix(Self.namespaceLimit) {
      for link in try container.route.macvlans(in: namespace) where isCandidate(link) {
        let isMarked = link.index == made?.numbers?.index && link.group == call.options.linkGroup
        guard hasAddress(link) || isMarked else { continue }
        try container.route.delete(link, in: namespace)
      }
    }
  }

  private func isCandidate(_ link: Link) -> Bool {
    guard case .macvlan = link.kind else { return false }
    return made?.numbers?.hasSameParent(as: link) ?? true
  }

  private func hasAddress(_ link: Link) -> Bool { made.map { !$0.mac.isEmpty && $0.agrees(with: link) } ?? false }

  /// Whether the link's group is that of another attachment.
  private func isOfAnotherADD(_ link: Link) -> Bool { link.group != 0 && link.group != call.options.linkGroup }
}
