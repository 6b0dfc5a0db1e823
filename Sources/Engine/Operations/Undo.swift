import CNI
import Plugins
import System

extension Engine {
  /// Undoes a record's plan and removes the record.
  ///
  /// If a part cannot be undone, throws, and keeps a record of that part for the next try. After the bounds of `FailedUndo` Braid
  /// gives up: the record goes, and the report says so.
  ///
  /// `given` is the runtime's path of the namespace, and `path` its CNI_PATH. `node` limits the time of external plugins.
  func remove(_ record: Record, netns given: String, path: [String], on node: Node) throws(EngineError) {
    var kept = record
    let failure: EngineError
    do throws(EngineError) {
      let netns = try livingNamespace(of: record, given: given)
      let left = runner(record, netns: netns, path: path, on: node).undo()
      guard !left.isEmpty else { return try discard(record.attachment) }
      kept = record.keeping(left.map(\.position))
      failure = .undo(left.map(\.failure))
    } catch { failure = error }
    let now = FileTime.now().seconds
    kept.countFailedUndo(now: now)
    if let tries = kept.failedUndo, tries.isEnough(now: now) { return try giveUp(kept, after: tries.tries, failure) }
    do { try writeUnfinished(kept) } catch { throw failure.leaving([.other(error)]) }
    throw failure
  }

  private func writeUnfinished(_ record: Record) throws(EngineError) {
    try store.write(record, durable: mustBeDurable(record.plan))
  }

  private func giveUp(_ record: Record, after tries: Int, _ failure: EngineError) throws(EngineError) {
    // If it could not be told whether the namespace lives, nothing has been tried yet but to look.
    if case .namespace = failure { _ = runner(record, netns: "").undo() }
    try discard(record.attachment)
    report.notices.append(
      "container \(record.containerID), interface \(record.ifName): given up after \(tries) failed tries to undo "
        + "it, and something may be left behind: \(ErrorObject(failure).text)")
  }

  /// Undoes a failed ADD, as far as it came. The returned error has the cause and the parts that could not be undone.
  ///
  /// `refuser` is the delegate that failed; nil if all succeeded. If somebody else's plugin was the cause and its DEL fails too, it is let
  /// go: it never said that it did anything, and it would refuse every further DEL in the same way.
  func undo(_ record: Record, _ runner: Runner, refuser: DelegatePosition?, after cause: EngineError) -> EngineError {
    let all = runner.undo(through: refuser)
    let isOthersRefusal = if case .delegate(_, let error) = cause { error.isOthers } else { false }
    func isLetGo(_ part: Runner.Left) -> Bool { isOthersRefusal && part.position == refuser && part.failure.error.isOthers }
    let left = all.filter { !isLetGo($0) }
    var leftovers = left.map { EngineError.Leftover.delegate($0.failure) }
    leftovers += all.filter(isLetGo).map { .letGo($0.failure) }
    do throws(EngineError) {
      if left.isEmpty {
        try discard(record.attachment)
      } else {
        var kept = record.keeping(left.map(\.position))
        kept.countFailedUndo(now: FileTime.now().seconds)
        try writeUnfinished(kept)
      }
    } catch { leftovers.append(.other(error)) }
    return cause.leaving(leftovers)
  }

  /// Tries once more to undo an attachment that could not be undone. Some runtimes never call GC, and send no DEL for a container that
  /// they have forgotten.
  ///
  /// At most one attachment in a call, only if its namespace is gone, and only some time after the last try, because a Pod's start
  /// waits for this. Errors are ignored: the record counts them.
  func retryUnfinished() {
    guard let waiting = try? store.unfinished(untouchedFor: Waits.undoRetryPause), !waiting.isEmpty else { return }
    for attachment in waiting {
      guard let lock = try? lock(attachment, waiting: .zero) else { continue }
      defer { _ = lock }
      guard let record = unfinished(attachment), (try? livingNamespace(of: record, given: ""))?.isEmpty == true,
        let node = try? Node(timeLimit: TimeLimit(Waits.undoRetry), delegates: node.delegates)
      else { continue }
      try? remove(record, netns: "", path: [], on: node)
      return
    }
  }

  /// The record of an attachment that waits for its undo. One that cannot be read is set aside: every ADD would look at it again. Its
  /// own DEL or GC undoes what can be known.
  private func unfinished(_ attachment: Attachment) -> Record? {
    switch try? store.read(attachment) {
    case .record(let record): return record
    case .unreadable(let error):
      report.noteLost(error, others: [])
      return nil
    case .nothing, nil: return nil
    }
  }

  /// The path that still leads to the namespace of the ADD, the runtime's or the recorded one; empty if neither does.
  ///
  /// A path alone proves nothing: `/proc/<pid>/ns/net` may belong to another process by now. Throws if the kernel could not tell,
  /// because a namespace that counts as gone is never cleaned up.
  func livingNamespace(of record: Record, given: String) throws(EngineError) -> String {
    var obstacle: DelegateError?
    for path in [given, record.netns] where !path.isEmpty {
      do throws(DelegateError) { if try isNamespace(path, of: record) { return path } } catch {
        if case .netns(_, let cause) = error, cause.saysThatItIsGone { continue }
        obstacle = error
      }
    }
    if let obstacle { throw .namespace(obstacle) }
    return ""
  }

  /// Whether the path leads to the namespace of the ADD.
  ///
  /// After a reboot another namespace may have the same number. But a boot ID that differs does not prove a reboot either: a sandbox
  /// may hide the node's. The interfaces' hardware addresses decide then.
  func isNamespace(_ path: String, of record: Record) throws(DelegateError) -> Bool {
    do throws(SystemError) { guard try node.namespaceIdentity(path) == record.netnsIdentity else { return false } } catch {
      throw .netns(path, error)
    }
    guard record.bootID != bootID else { return true }
    // The Pod cannot touch these. One that is there is this kernel's, so this is the boot of the ADD.
    let ends = record.results.flatMap(NodeEnd.ends)
    if try !NodeEnd.links(of: ends, in: node.host).isEmpty { return true }
    guard let container = try node.containerIfPresent(path) else { return false }
    do { return try record.hasInterfaces(in: container, node.delegates, sameAddresses: true) } catch { throw .netlink(error) }
  }
}

extension DelegateError {
  /// Whether somebody else's plugin failed, and nothing of ours.
  fileprivate var isOthers: Bool {
    switch self {
    case .external, .reply: true
    case .incomplete(let error, let left): error.isOthers && left.allSatisfy(\.isOthers)
    default: false
    }
  }
}
