import CNI
import Plugins
import Policy
import System

extension Engine {
  /// Undoes every attachment of this configuration that the runtime did not list, then has each delegate free its own leftovers.
  func collectGarbage(_ invocation: Invocation) throws(EngineError) {
    let valid: [Attachment]
    do { valid = try configuration.plugin.validAttachments() } catch { throw .bare(error) }
    let kept = Set(valid)
    var failures: [EngineError.Failure] = []
    var living: [Record] = []
    // An obstacle with one attachment must not keep the garbage of the others. But its Pod may be alive, so the delegates' own
    // collection is skipped then.
    var obstacle: EngineError?
    for attachment in try store.attachments() {
      do throws(EngineError) {
        guard let record = try sweep(attachment, kept, invocation) else { continue }
        living.append(record)
      } catch {
        if case .undo(let more) = error { failures += more } else { obstacle = error }
      }
    }
    let known = Set(living.map(\.attachment))
    let unrecorded = kept.subtracting(known)
    if obstacle == nil {
      do { failures += try collectGarbage(of: living, unrecorded, invocation) } catch { obstacle = error }
    }
    if !failures.isEmpty { throw .undo(failures) }
    if let obstacle { throw obstacle }
  }

  /// Undoes the attachment of a record if it belongs to this configuration and is not in `kept`. Otherwise returns the record.
  private func sweep(
    _ attachment: Attachment, _ kept: Set<Attachment>, _ invocation: Invocation
  ) throws(EngineError) -> Record? {
    let lock = try lock(attachment, waiting: Waits.attachmentLockInGC)
    defer { _ = lock }
    let record: Record
    switch try store.read(attachment) {
    case .record(let found): record = found
    case .nothing:
      try discard(attachment)
      return nil
    case .unreadable(let error):
      try sweep(attachment, unreadable: error, isListed: kept.contains(attachment), invocation)
      return nil
    }
    guard record.configuration == configuration.plugin.name.text, !kept.contains(attachment) else { return record }
    try remove(record, netns: "", path: invocation.path, on: node)
    return nil
  }

  /// Sets aside a record that cannot be read. If the runtime no longer lists the attachment, undoes what can be known without it.
  private func sweep(
    _ attachment: Attachment, unreadable error: RecordError, isListed: Bool, _ invocation: Invocation
  ) throws(EngineError) {
    let lost = try lostRecord(of: attachment, path: invocation.path)
    report.noteLost(error, others: isListed ? [] : lost?.strangers(nil) ?? [])
    if !isListed { lost?.undo(netns: "") }
    try discard(attachment)
  }

  /// Passes every delegate of the policy the attachments that remain, under the interface names that it knows.
  ///
  /// `unrecorded` attachments have no record: another plugin made them before Braid took its place, or the record is lost. Nobody
  /// knows the other interfaces of their containers, so everything of these containers is kept.
  private func collectGarbage(
    of living: [Record], _ unrecorded: Set<Attachment>, _ invocation: Invocation
  ) throws(EngineError) -> [EngineError.Failure] {
    let policy = try policy()
    var failures: [EngineError.Failure] = []
    for network in policy.networks where !network.disableGC {
      let valid =
        living.flatMap { record in
          record.plan.attachments.filter { $0.network == network.name }
            .map { Attachment(containerID: record.containerID.text, ifName: $0.interface.text) }
        } + unrecorded + unrecorded.map { Attachment(containerID: $0.containerID, ifName: "") }
      for entry in network.chain {
        do throws(DelegateError) {
          try report.timing(.gc, of: entry.type, in: network.name) { () throws(DelegateError) in
            try Planner.delegate(entry, of: network).prepare(for: .use, on: node, path: invocation.path)
              .collectGarbage(keeping: valid, on: node, path: invocation.path)
          }
        } catch { failures.append(.init(place: .init(network: network.name, interface: nil, type: entry.type), error: error)) }
      }
    }
    return failures
  }
}
