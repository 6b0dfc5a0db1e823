import CNI
import Plugins
import System

extension Engine {
  /// Undoes what the record says, as far as it goes.
  func delete(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    let lock = try lock(attachment)
    defer { _ = lock }
    guard let record = try store.read(attachment) else {
      // There may still be what a crash left of writing one.
      try store.remove(attachment)
      return try deleteUnrecorded(invocation, attachment)
    }
    report.take(record.plan)
    try remove(record, netns: invocation.netns, path: invocation.path)
  }

  /// Without a record, takes away what is surely the attachment's: links in its group, and reservations in its name in the networks that
  /// the policy gives the Pod now. DEL succeeds, whatever stands in the way of that.
  ///
  /// Nothing goes by interface name alone: what has the name may be somebody else's.
  private func deleteUnrecorded(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    guard let containerID = invocation.containerID, let ifName = invocation.ifName else { return }
    // Another attachment of the container may hold reservations under the names of this one's interfaces.
    guard try !store.attachments().contains(where: { $0.containerID == attachment.containerID }) else { return }
    if let container = try? node.containerIfPresent(invocation.netns) {
      _ = try? container.route.deleteLinks(group: attachment.linkGroup)
    }
    guard let plan = try? Planner(invocation, self).plan(firstInterface: ifName) else { return }
    let record = Record(
      state: .pending, containerID: containerID, ifName: ifName, configuration: configuration.plugin.name.text, netns: "",
      netnsIdentity: .init(device: 0, inode: 0), bootID: bootID, path: invocation.path, plan: plan, results: [], result: nil)
    runner(record, netns: "").deleteKnown()
  }

  /// Undoes a record's plan and forgets it, or keeps it for the next try.
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

  /// The runtime's path or the recorded one, whichever still leads to the namespace of the ADD; empty if neither does.
  ///
  /// A path alone proves nothing: `/proc/<pid>/ns/net` may be somebody else's by now. Throws where the kernel could not tell, since a
  /// namespace that counts as gone is forgotten.
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
