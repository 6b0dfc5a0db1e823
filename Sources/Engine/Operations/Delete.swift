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
    try remove(record, netns: invocation.netns, path: invocation.path)
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

  /// Undoes a record's plan and removes the record. If a part cannot be undone, the record stays for the next try.
  func remove(_ record: Record, netns: String, path: [String]) throws(EngineError) {
    let failures = runner(record, netns: try livingNamespace(of: record, given: netns), path: path)
      .undo(first: record.plan.attachments.count)
    guard failures.isEmpty else {
      var kept = record
      kept.state = .undoing
      do { try store.write(kept, durable: mustBeDurable(record.plan)) } catch {
        throw EngineError.undo(failures).leaving([.other(error)])
      }
      throw .undo(failures)
    }
    try store.remove(record.attachment)
  }

  /// The path that still leads to the namespace of the ADD, the runtime's or the recorded one; empty if neither does.
  ///
  /// A path alone proves nothing: `/proc/<pid>/ns/net` may belong to another process by now. Throws if the kernel could not tell,
  /// because a namespace that counts as gone is never cleaned up.
  func livingNamespace(of record: Record, given: String) throws(EngineError) -> String {
    guard record.bootID == bootID else { return "" }
    var obstacle: DelegateError?
    for path in [given, record.netns] where !path.isEmpty {
      do throws(SystemError) { if try node.namespaceIdentity(path) == record.netnsIdentity { return path } } catch {
        if !error.saysThatItIsGone { obstacle = .netns(path, error) }
      }
    }
    if let obstacle { throw .namespace(obstacle) }
    return ""
  }
}
