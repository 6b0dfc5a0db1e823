import CNI
import NetworkTypes
import Plugins
import System

extension Engine {
  /// Undoes the attachment that the record describes.
  ///
  /// A record that cannot be read is set aside, and everything is undone that can be known without it.
  func delete(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    let lock = try lock(attachment)
    defer { _ = lock }
    switch try store.read(attachment) {
    case .record(let record):
      report.take(record.plan)
      try remove(record, netns: invocation.netns, path: invocation.path, on: node)
    case .nothing:
      // A crash may have left an unfinished record file.
      try discard(attachment)
      guard isLost(attachment) else { return try deleteUnrecorded(invocation, attachment) }
      try lostRecord(of: attachment, path: invocation.path)?.undo(netns: invocation.netns)
    case .unreadable(let error):
      let lost = try lostRecord(of: attachment, path: invocation.path)
      let plan = invocation.ifName.flatMap { name in try? planner(invocation).plan(firstInterface: name) }
      report.noteLost(error, others: lost?.strangers(plan) ?? [])
      lost?.undo(netns: invocation.netns)
      try discard(attachment)
    }
  }

  /// Whether the attachment had a record that is gone: it was set aside, or the state directory has been replaced.
  private func isLost(_ attachment: Attachment) -> Bool { store.isSetAside(attachment) || store.isReplaced(in: bootID) }

  /// The removal of an attachment whose record is lost. Nil if the attachment's name cannot be a container's.
  ///
  /// Another attachment of the container may hold reservations. Those of its interfaces stay.
  func lostRecord(of attachment: Attachment, path: [String]) throws(EngineError) -> LostRecord? {
    guard let containerID = try? ContainerID(attachment.containerID), let ifName = try? InterfaceName(attachment.ifName) else {
      return nil
    }
    var kept: Set<String>? = []
    for other in try store.attachments() where other.containerID == attachment.containerID && other != attachment {
      guard let record = store.peek(other) else {
        // Nobody knows the other's interfaces. Its own DEL frees everything.
        kept = nil
        break
      }
      kept?.formUnion(record.plan.attachments.map(\.interface.text))
    }
    return LostRecord(
      containerID: containerID, ifName: ifName, kept: kept, configuration: configuration, node: node, path: path,
      bridgeLock: store.bridgeLock)
  }

  /// Without a record, removes only the things that certainly belong to the attachment: the node's ends of veth pairs that bear its
  /// name, links in its group, and reservations in its name in the networks that the policy gives the Pod now. DEL succeeds even if
  /// this fails.
  ///
  /// Nothing is deleted by its interface name alone, because the interface may be somebody else's.
  private func deleteUnrecorded(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    guard let containerID = invocation.containerID, let ifName = invocation.ifName else { return }
    // Another attachment of the container may hold reservations under the names of this one's interfaces.
    guard try !store.attachments().contains(where: { $0.containerID == attachment.containerID }) else { return }
    if let container = try? node.containerIfPresent(invocation.netns) {
      try? OwnLinks(attachment, in: container).delete(in: container)
    }
    _ = try? NodeEnd.delete(NodeEnd.all(of: containerID, ifName), in: node.host)
    guard let plan = try? planner(invocation).plan(firstInterface: ifName) else { return }
    let record = Record(
      state: .pending, containerID: containerID, ifName: ifName, configuration: configuration.plugin.name.text, netns: "",
      netnsIdentity: .init(device: 0, inode: 0), bootID: bootID, path: invocation.path, plan: plan, results: [], result: nil)
    runner(record, netns: "").deleteKnown()
  }

  /// Removes the record's files. If nobody can remove one of them, the operation goes on, and a notice names it.
  func discard(_ attachment: Attachment) throws(EngineError) {
    for path in try store.remove(attachment) {
      report.notices.append("\(path) cannot be removed: remove it by hand, with chattr -i -a first if it is immutable")
    }
  }
}
