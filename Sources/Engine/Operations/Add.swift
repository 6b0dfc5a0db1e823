import CNI
import NetworkTypes
import Plugins
import System

extension Engine {
  /// Gives the Pod its whole network, or nothing.
  ///
  /// Nothing is touched until the policy has been checked, and the plan is on disk before the first delegate runs.
  func add(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) -> CNIResult {
    // `Invocation` refuses an ADD without them.
    guard let containerID = invocation.containerID, let ifName = invocation.ifName else { preconditionFailure("no attachment") }
    let prepared = try planner(invocation).prepared(firstInterface: ifName)
    let plan = prepared.plan
    let container = try openContainer(invocation.netns)
    settleEarlierBoots()
    let lock = try lock(attachment)
    defer { _ = lock }
    let takesOver = try settle(try store.read(attachment), attachment, container)
    try refuseTakenNames(plan, container, invocation.netns)
    var record = Record(
      state: .pending, containerID: containerID, ifName: ifName, configuration: configuration.plugin.name.text,
      netns: invocation.netns, netnsIdentity: container.namespace.identity, bootID: bootID, path: invocation.path, plan: plan,
      results: [], result: nil)
    let durable = mustBeDurable(plan)
    do { try store.write(record, durable: durable) } catch {
      // The record may be in place, but it might not survive a power cut. Nothing has been touched yet, so it can go.
      do { try store.remove(attachment) } catch let undo { throw error.leaving([.other(undo)]) }
      throw error
    }
    let runner = runner(record, netns: record.netns, prepared: prepared.delegates)
    do {
      try apply(&record, runner, takesOver: takesOver)
      record.state = .complete
      try store.write(record, durable: durable)
    } catch { throw undo(record, runner, after: error) }
    return record.result ?? CNIResult()
  }

  private func apply(_ record: inout Record, _ runner: Runner, takesOver: Bool) throws(EngineError) {
    let given = configuration.plugin.previous
    let previous: CNIResult?
    do { previous = try given.result() } catch { throw .protocol(.result(error)) }
    for i in record.plan.attachments.indices {
      record.results.append(try runner.apply(i, after: i == 0 ? previous : nil, takesOver: takesOver))
    }
    record.result = CNIResult(merging: record.done, after: previous, sandbox: record.netns)
  }

  /// Undoes a failed ADD, including the failing delegate. The returned error has the cause and the parts that could not be
  /// undone.
  private func undo(_ record: Record, _ runner: Runner, after error: EngineError) -> EngineError {
    let tried = min(record.results.count + 1, record.plan.attachments.count)
    let failures = runner.undo(first: tried)
    var left = failures.map { EngineError.Leftover.delegate($0) }
    do throws(EngineError) {
      if failures.isEmpty {
        try store.remove(record.attachment)
      } else {
        var kept = record
        kept.state = .undoing
        try store.write(kept, durable: mustBeDurable(record.plan))
      }
    } catch { left.append(.other(error)) }
    return error.leaving(left)
  }

  /// Undoes an earlier record of the same attachment before a new ADD. Returns whether there was one.
  ///
  /// Throws `alreadyAttached` if that record is complete, its namespace is alive, and some of its interfaces are there. Any other
  /// record remained after a crash, a reboot or the end of a namespace.
  private func settle(
    _ earlier: Record?, _ attachment: Attachment, _ container: NodeNamespace
  ) throws(EngineError) -> Bool {
    guard let earlier else { return false }
    let alive = earlier.bootID == bootID && earlier.netnsIdentity == container.namespace.identity
    if earlier.state == .complete, alive {
      let isThere: Bool
      do { isThere = try earlier.hasInterfaces(in: container, node.delegates) } catch { throw .namespace(.netlink(error)) }
      guard !isThere else { throw .alreadyAttached(attachment) }
    }
    let failures = runner(earlier, netns: try livingNamespace(of: earlier, given: container.path))
      .undo(first: earlier.plan.attachments.count)
    // A reboot frees the state of delegates that live for one boot. The state of others may need another try.
    let isFree = earlier.bootID != bootID && !mustBeDurable(earlier.plan)
    guard failures.isEmpty || isFree else { throw .undo(failures) }
    try store.remove(attachment)
    return true
  }

  /// Refuses the ADD if the container already has an interface of a planned name. DEL deletes interfaces by name, so undoing this
  /// ADD would delete somebody else's interface.
  private func refuseTakenNames(_ plan: Plan, _ container: NodeNamespace, _ netns: String) throws(EngineError) {
    let isChained = configuration.plugin.reader.value("prevResult") != nil
    for (i, attachment) in plan.attachments.enumerated() {
      if isChained, i == 0, !attachment.makesInterface(node.delegates) { continue }
      let taken: Bool
      do { taken = try container.route.link(named: attachment.interface) != nil } catch { throw .namespace(.netlink(error)) }
      if taken { throw .interfaceExists(attachment.interface, netns: netns) }
    }
  }
}
