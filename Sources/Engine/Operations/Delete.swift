import CNI
import Plugins
import System

extension Engine {
  /// Undoes the attachment that the record describes.
  func delete(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    let lock = try lock(attachment)
    defer { _ = lock }
    guard let record = try store.read(attachment) else {
      // A crash may have left an unfinished record file.
      try store.remove(attachment)
      return try deleteUnrecorded(invocation, attachment)
    }
    report.take(record.plan)
    try remove(record, netns: invocation.netns, path: invocation.path, on: node)
  }

  /// Without a record, removes only the things that certainly belong to the attachment: links in its group, and reservations in
  /// its name in the networks that the policy gives the Pod now. DEL succeeds even if this fails.
  ///
  /// Nothing is deleted by its interface name alone, because the interface may be somebody else's.
  private func deleteUnrecorded(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    guard let containerID = invocation.containerID, let ifName = invocation.ifName else { return }
    // Another attachment of the container may hold reservations under the names of this one's interfaces.
    guard try !store.attachments().contains(where: { $0.containerID == attachment.containerID }) else { return }
    if let container = try? node.containerIfPresent(invocation.netns) {
      _ = try? container.route.deleteLinks(group: attachment.linkGroup)
    }
    guard let plan = try? planner(invocation).plan(firstInterface: ifName) else { return }
    let record = Record(
      state: .pending, containerID: containerID, ifName: ifName, configuration: configuration.plugin.name.text, netns: "",
      netnsIdentity: .init(device: 0, inode: 0), bootID: bootID, path: invocation.path, plan: plan, results: [], result: nil)
    runner(record, netns: "").deleteKnown()
  }
}
