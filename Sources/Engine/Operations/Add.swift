import CNI
import Netlink
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
    let plan = try bounded(prepared.plan)
    let container = try openContainer(invocation.netns)
    var record = Record(
      state: .pending, containerID: containerID, ifName: ifName, configuration: configuration.plugin.name.text,
      netns: invocation.netns, netnsIdentity: container.namespace.identity, bootID: bootID, path: invocation.path, plan: plan,
      results: [], result: nil)
    let encoded = try record.encoded()
    let distrustsBootID = settleEarlierBoots()
    retryUnfinished()
    let lock = try lock(attachment)
    defer { _ = lock }
    let takesOver = try settle(try store.read(attachment), attachment, container)
    try refuseTakenNames(plan, container, invocation.netns)
    let durable = mustBeDurable(plan)
    do { try store.write(encoded, of: record, durable: durable) } catch {
      // The record may be in place, but it might not survive a power cut. Nothing has been touched yet, so it can go.
      do { try discard(attachment) } catch let undo { throw error.leaving([.other(undo)]) }
      throw error
    }
    let runner = runner(record, netns: record.netns, prepared: prepared.delegates, distrustsBootID: distrustsBootID)
    do throws(AddFailure) {
      try apply(&record, runner, RecordRoom(record, written: encoded.count), takesOver: takesOver, durable: durable)
    } catch { throw undo(record, runner, refuser: error.refuser, after: error.cause) }
    report.notices += node.notices
    return record.result ?? CNIResult()
  }

  /// Why an ADD failed after its record was written.
  private struct AddFailure: Error {
    let cause: EngineError
    /// The delegate that failed; nil if all succeeded.
    var refuser: DelegatePosition?
  }

  private func apply(
    _ record: inout Record, _ runner: Runner, _ whole: RecordRoom, takesOver: Bool, durable: Bool
  ) throws(AddFailure) {
    var room = whole
    let given = configuration.plugin.previous
    let previous: CNIResult?
    do { previous = try given.result() } catch { throw .init(cause: .protocol(.result(error)), refuser: .beforeAll) }
    var destinations = DestinationKeeper(node: node, netns: record.netns)
    for i in record.plan.attachments.indices {
      do throws(Runner.Stop) {
        let result = try runner.apply(i, after: i == 0 ? previous : nil, takesOver: takesOver, destinations, room)
        room.take(result)
        record.results.append(result)
      } catch { throw .init(cause: error.cause, refuser: error.position) }
      let attachment = record.plan.attachments[i]
      do { try destinations.take(&record) } catch {
        throw .init(cause: .delegate(attachment.place("routes"), error), refuser: .after(i, attachment))
      }
    }
    record.result = CNIResult(merging: record.done, after: previous, sandbox: record.netns)
    record.state = .complete
    do { try store.write(record, durable: durable) } catch { throw .init(cause: error) }
  }

  /// Undoes an earlier record of the same attachment before a new ADD. Returns whether there was one. If it cannot be read, the ADD
  /// takes over the reservations that an earlier ADD may have left.
  ///
  /// Throws `alreadyAttached` if that record is complete, its namespace is alive, and some of its interfaces are there. Any other
  /// record remained after a crash, a reboot or the end of a namespace.
  private func settle(
    _ found: RecordStore.Finding, _ attachment: Attachment, _ container: NodeNamespace
  ) throws(EngineError) -> Bool {
    let earlier: Record
    switch found {
    case .nothing: return false
    case .record(let record): earlier = record
    case .unreadable(let error):
      report.noteLost(error, others: [])
      return true
    }
    if earlier.state == .complete, try isAttached(earlier, container) { throw .alreadyAttached(attachment) }
    do { try remove(earlier, netns: container.path, path: [], on: node) } catch {
      // A reboot frees the state of delegates that live for one boot. The state of others may need another try.
      guard earlier.bootID != bootID, !mustBeDurable(earlier.plan) else { throw error }
      try discard(attachment)
    }
    return true
  }

  private func isAttached(_ record: Record, _ container: NodeNamespace) throws(EngineError) -> Bool {
    do throws(DelegateError) { guard try isNamespace(container.path, of: record) else { return false } } catch {
      throw .namespace(error)
    }
    do { return try record.hasInterfaces(in: container, node.delegates) } catch { throw .namespace(.netlink(error)) }
  }

  /// The plan with the node's own addresses, which no pool may give. Throws if the node has a network's subnet elsewhere, or an address
  /// that somebody asks for.
  private func bounded(_ plan: Plan) throws(EngineError) -> Plan {
    var addresses = NodeAddresses(node)
    var attachments = plan.attachments
    for (i, attachment) in attachments.enumerated() {
      guard let bounds = attachment.nodeBounds else { continue }
      do throws(DelegateError) {
        try addresses.check(bounds)
        attachments[i].nodeBounds?.ofNode = try addresses.all(bounds.pooled)
      } catch { throw .delegate(attachment.place(attachment.delegates.first?.type ?? ""), error) }
    }
    return Plan(rule: plan.rule, attachments: attachments)
  }

  /// Refuses the ADD if the container already has an interface of a planned name. DEL deletes interfaces by name, so undoing this
  /// ADD would delete somebody else's interface.
  private func refuseTakenNames(_ plan: Plan, _ container: NodeNamespace, _ netns: String) throws(EngineError) {
    let isChained = configuration.plugin.reader.value("prevResult") != nil
    for (i, attachment) in plan.attachments.enumerated() {
      if isChained, i == 0, !attachment.makesInterface(node.delegates) { continue }
      let found: Link?
      do { found = try container.route.link(named: attachment.interface) } catch { throw .namespace(.netlink(error)) }
      if let found {
        throw .interfaceExists(attachment.interface, netns: netns, byBraid: Attachment.isOurGroup(found.group))
      }
    }
  }
}
