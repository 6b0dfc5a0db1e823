import CNI
import NetworkTypes
import Plugins
import System

/// One operation of `braid`: plan, record, apply, merge, undo.
struct Engine: ~Copyable {
  let configuration: BraidConfiguration
  let node: Node
  let store: RecordStore
  let bootID: String

  init(_ configuration: BraidConfiguration, node: Node) throws(EngineError) {
    let bootID = try Self.state { () throws(SystemError) in try BootID.current() }
    let store = try Self.state { () throws(SystemError) in try RecordStore(configuration.stateDir) }
    self.configuration = configuration
    self.node = node
    self.bootID = bootID
    self.store = store
  }

  private static func state<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(EngineError) -> T {
    do { return try body() } catch { throw .state(error) }
  }

  // MARK: - ADD

  /// Gives the Pod its whole network, or nothing.
  ///
  /// Nothing is touched before the policy was found good, and the plan is on disk before the first delegate runs.
  func add(_ invocation: Invocation, _ key: RecordKey) throws(EngineError) -> CNIResult {
    let plan = try Planner(configuration, invocation, node: node, bootID: bootID).plan(firstInterface: key.ifName)
    let container = try openContainer(invocation.netns)
    settleEarlierBoots()
    let lock = try lock(key)
    defer { _ = lock }
    let takesOver = try settle(try store.read(key), key, container)
    try refuseTakenNames(plan, container, invocation.netns)
    var record = Record(
      state: .pending, containerID: key.containerID, ifName: key.ifName, configuration: configuration.plugin.name.text,
      netns: invocation.netns, netnsIdentity: container.namespace.identity, bootID: bootID, path: invocation.path, plan: plan,
      results: [], result: nil)
    let durable = plan.keepsForeignState
    do { try store.write(record, durable: durable) } catch {
      // It may be in place and merely not be sure to outlive a power cut; nothing has been touched that it would be needed for.
      try? store.remove(key)
      throw error
    }
    do {
      try apply(&record, takesOver: takesOver)
      record.state = .complete
      try store.write(record, durable: durable)
    } catch { throw try undo(record, after: error) }
    return record.result ?? CNIResult()
  }

  private func apply(_ record: inout Record, takesOver: Bool) throws(EngineError) {
    let runner = runner(record, netns: record.netns)
    let given: CNIResult?
    do { given = try configuration.plugin.prevResult() } catch { throw .protocol(.result(error)) }
    for (i, attachment) in record.plan.attachments.enumerated() {
      record.results.append(try runner.apply(attachment, after: i == 0 ? given : nil, takesOver: takesOver))
    }
    let parts = zip(record.plan.attachments, record.results).map { attachment, result in
      AttachmentResult(
        interface: attachment.interface, defaultRoutes: AddressFamily.allCases.filter(attachment.defaultRoute.owns),
        isInResult: attachment.isInResult, result: result)
    }
    record.result = CNIResult(merging: parts, after: given, sandbox: record.netns)
  }

  /// Undoes a failed ADD, the failing delegate included, and completes the error with what would not go.
  private func undo(_ record: Record, after error: EngineError) throws(EngineError) -> EngineError {
    let tried = min(record.results.count + 1, record.plan.attachments.count)
    let failures = runner(record, netns: record.netns).undo(first: tried)
    if failures.isEmpty {
      try store.remove(RecordKey(record.containerID, record.ifName))
    } else {
      var kept = record
      kept.state = .undoing
      try store.write(kept, durable: record.plan.keepsForeignState)
    }
    guard case .delegate(let place, let cause, _) = error else { return failures.isEmpty ? error : .undo(failures) }
    return .delegate(place, cause, undo: failures)
  }

  /// Decides what an earlier record of the same attachment means for a new ADD; true if that one ended half way.
  ///
  /// A complete one in the same, living namespace, with something of it there, refuses the ADD. All others are of a crash, a reboot
  /// or a namespace that has gone: they are undone first.
  private func settle(_ earlier: Record?, _ key: RecordKey, _ container: NodeNamespace) throws(EngineError) -> Bool {
    guard let earlier else { return false }
    let alive = earlier.bootID == bootID && earlier.netnsIdentity == container.namespace.identity
    if earlier.state == .complete, alive {
      let isThere: Bool
      do { isThere = try earlier.hasInterfaces(in: container) } catch { throw .namespace(.netlink(error)) }
      guard !isThere else { throw .alreadyAttached(key.containerID, key.ifName) }
    }
    let failures = runner(earlier, netns: try livingNamespace(of: earlier, given: container.path))
      .undo(first: earlier.plan.attachments.count)
    // A reboot frees what is ours; what is somebody else's may need another try.
    let isFree = earlier.bootID != bootID && !earlier.plan.keepsForeignState
    guard failures.isEmpty || isFree else { throw .undo(failures) }
    try store.remove(key)
    return true
  }

  /// DEL goes by name: an interface that somebody else made must not be taken for ours when an ADD is undone.
  private func refuseTakenNames(_ plan: Plan, _ container: NodeNamespace, _ netns: String) throws(EngineError) {
    let isChained = configuration.plugin.reader.value("prevResult") != nil
    for (i, attachment) in plan.attachments.enumerated() where !(isChained && i == 0 && attachment.mayGoOn) {
      let taken: Bool
      do { taken = try container.route.link(named: attachment.interface) != nil } catch { throw .namespace(.netlink(error)) }
      if taken { throw .interfaceExists(attachment.interface, netns: netns) }
    }
  }

  // MARK: - DEL

  /// Undoes what the record says, as far as it goes.
  func delete(_ invocation: Invocation, _ key: RecordKey) throws(EngineError) {
    let lock = try lock(key)
    defer { _ = lock }
    guard let record = try store.read(key) else {
      // There may still be what a crash left of writing one.
      try store.remove(key)
      return try deleteUnrecorded(invocation, key)
    }
    try remove(record, key, netns: invocation.netns, path: invocation.path)
  }

  /// Takes away what can be known for this attachment's without a record: links in its group, and the reservations in its name
  /// in the networks that the policy gives the Pod now. Whatever stands in the way of that, DEL succeeds.
  ///
  /// Nothing goes by interface name alone: what has the name may be somebody else's.
  private func deleteUnrecorded(_ invocation: Invocation, _ key: RecordKey) throws(EngineError) {
    // Another attachment of the container may hold reservations under the names of this one's interfaces.
    guard try !store.keys().contains(where: { $0.containerID == key.containerID }) else { return }
    if let container = try? node.containerIfPresent(invocation.netns) {
      _ = try? container.route.deleteLinks(group: key.linkGroup)
    }
    let planner = Planner(configuration, invocation, node: node, bootID: bootID)
    guard let plan = try? planner.plan(firstInterface: key.ifName, validating: false) else { return }
    let record = Record(
      state: .pending, containerID: key.containerID, ifName: key.ifName, configuration: configuration.plugin.name.text, netns: "",
      netnsIdentity: .init(device: 0, inode: 0), bootID: bootID, path: invocation.path, plan: plan, results: [], result: nil)
    runner(record, netns: "").deleteOwn()
  }

  func remove(_ record: Record, _ key: RecordKey, netns: String, path: [String]) throws(EngineError) {
    let failures = runner(record, netns: try livingNamespace(of: record, given: netns), path: path).undo(
      first: record.plan.attachments.count)
    guard failures.isEmpty else {
      var kept = record
      kept.state = .undoing
      try store.write(kept, durable: record.plan.keepsForeignState)
      throw .undo(failures)
    }
    try store.remove(key)
  }

  /// The runtime's path or the recorded one, whichever still leads to the namespace of the ADD; empty if neither does.
  ///
  /// A path alone proves nothing: `/proc/<pid>/ns/net` may be somebody else's by now. Throws where the kernel could not tell, since
  /// what is taken for gone is forgotten.
  private func livingNamespace(of record: Record, given: String) throws(EngineError) -> String {
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

  private func runner(_ record: Record, netns: String, path: [String] = []) -> Runner {
    Runner(record, node: node, netns: netns, bridgeLock: store.bridgeLock, path: path)
  }

  // MARK: - CHECK

  /// Compares the kernel and the IPAM's reservations with the record.
  func check(_ invocation: Invocation, _ key: RecordKey) throws(EngineError) {
    let lock = try lock(key)
    defer { _ = lock }
    guard let record = try store.read(key), record.state == .complete, record.bootID == bootID else {
      throw .notAttached(key.containerID, key.ifName)
    }
    _ = try openContainer(invocation.netns)
    try runner(record, netns: invocation.netns, path: invocation.path).check()
  }

  // MARK: -

  func lock(_ key: RecordKey, seconds: Int = RecordStore.patience) throws(EngineError) -> RangeLock {
    do { return try store.lock(key, seconds: seconds) } catch { throw .state(error) }
  }

  private func openContainer(_ path: String) throws(EngineError) -> NodeNamespace {
    do { return try node.container(path) } catch { throw .namespace(error) }
  }
}
