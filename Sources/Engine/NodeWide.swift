import CNI
import Plugins
import Policy
import System

extension Engine {
  /// GC and STATUS: the operations that are about no single attachment.
  func runForAll(_ invocation: Invocation) throws(EngineError) {
    switch invocation.command {
    case .gc: try collectGarbage(invocation)
    case .status: try status(invocation)
    case .add, .del, .check, .version: break
    }
  }

  /// Undoes every attachment of this configuration that the runtime did not list, then lets each delegate free what it knows.
  private func collectGarbage(_ invocation: Invocation) throws(EngineError) {
    let valid: [Attachment]
    do { valid = try configuration.plugin.validAttachments() } catch { throw .bare(error) }
    let kept = Set(valid)
    var failures: [EngineError.Failure] = []
    var living: [Record] = []
    // What is in the way of one attachment must not keep the others' garbage, nor may its Pod be taken for dead.
    var obstacle: EngineError?
    for key in try store.keys() {
      do throws(EngineError) {
        guard let record = try sweep(key, kept, invocation) else { continue }
        living.append(record)
      } catch {
        if case .undo(let more) = error { failures += more } else { obstacle = error }
      }
    }
    let known = Set(living.map { Attachment(containerID: $0.containerID.text, ifName: $0.ifName.text) })
    let unrecorded = kept.subtracting(known)
    if obstacle == nil, !unrecorded.contains(where: { store.isSetAside($0) }) {
      do { failures += try collectGarbage(of: living, unrecorded, invocation) } catch { obstacle = error }
    }
    if !failures.isEmpty { throw .undo(failures) }
    if let obstacle { throw obstacle }
  }

  /// Undoes the attachment of a record if it is this configuration's and not in `kept`; else returns the record.
  private func sweep(
    _ key: RecordKey, _ kept: Set<Attachment>, _ invocation: Invocation
  ) throws(EngineError) -> Record? {
    let lock = try lock(key, seconds: 1)
    defer { _ = lock }
    guard let record = try store.read(key) else {
      try store.remove(key)
      return nil
    }
    let isKept = kept.contains(Attachment(containerID: key.containerID.text, ifName: key.ifName.text))
    guard record.configuration == configuration.plugin.name.text, !isKept else { return record }
    try remove(record, key, netns: "", path: invocation.path)
    return nil
  }

  /// Hands every delegate of the policy the attachments that are left, under the interface names that it knows.
  ///
  /// `unrecorded` ones are of somebody else, whose place we took under running Pods, or their records are lost: nobody knows what other
  /// interfaces their containers have.
  private func collectGarbage(
    of living: [Record], _ unrecorded: Set<Attachment>, _ invocation: Invocation
  ) throws(EngineError) -> [EngineError.Failure] {
    let policy: Policy
    do { policy = try Policy.load(configuration.policy) } catch { throw .policy(error) }
    var failures: [EngineError.Failure] = []
    for network in policy.networks where !network.disableGC {
      let valid =
        living.flatMap { record in
          record.plan.attachments.filter { $0.network == network.name }
            .map { Attachment(containerID: record.containerID.text, ifName: $0.interface.text) }
        } + unrecorded + unrecorded.map { Attachment(containerID: $0.containerID, ifName: "") }
      for entry in network.chain {
        do throws(DelegateError) {
          let configuration = try Planner.configuration(entry, of: network)
          try node.delegate(entry.type, path: invocation.path)
            .collectGarbage(configuration, path: invocation.path, valid: valid, on: node)
        } catch { failures.append(.init(place: .init(network: network.name, interface: nil, type: entry.type), error: error)) }
      }
    }
    return failures
  }

  /// Says what stands in the way of an ADD: the state directory, the policy, and what its delegates say.
  private func status(_ invocation: Invocation) throws(EngineError) {
    do { try store.tryWriting() } catch { throw .unavailable(.state(error)) }
    let policy: Policy
    do { policy = try Policy.load(configuration.policy) } catch { throw .unavailable(.policy(error)) }
    for network in policy.networks {
      for entry in network.chain {
        do throws(DelegateError) {
          let configuration = try Planner.configuration(entry, of: network)
          let delegate = try node.delegate(entry.type, path: invocation.path)
          try delegate.validate(configuration)
          try delegate.status(configuration, path: invocation.path, on: node)
        } catch {
          let place = EngineError.DelegatePlace(network: network.name, interface: nil, type: entry.type)
          throw .unavailable(.delegate(place, error))
        }
      }
    }
  }
}
