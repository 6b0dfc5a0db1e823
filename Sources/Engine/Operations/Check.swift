import CNI
import Plugins

extension Engine {
  /// Compares the kernel and the IPAM's reservations with the record.
  func check(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    let lock = try lock(attachment)
    defer { _ = lock }
    let record: Record
    switch try store.read(attachment) {
    case .record(let found) where found.state == .complete: record = found
    case .unreadable(let error): throw .record(error)
    case .record, .nothing: throw .notAttached(attachment)
    }
    let container = try openContainer(invocation.netns)
    if record.bootID != bootID, try livingNamespace(of: record, given: invocation.netns).isEmpty {
      throw .notAttached(attachment)
    }
    report.take(record.plan)
    // Another path may lead to the same namespace now.
    let isSame = container.namespace.identity == record.netnsIdentity
    try runner(isSame ? record.moved(to: invocation.netns) : record, netns: invocation.netns, path: invocation.path).check()
  }
}

extension Record {
  /// The record with another path in its results for the namespace of the ADD.
  fileprivate func moved(to path: String) -> Record {
    guard path != netns else { return self }
    var copy = self
    for i in copy.results.indices {
      for j in copy.results[i].interfaces.indices where copy.results[i].interfaces[j].sandbox == netns {
        copy.results[i].interfaces[j].sandbox = path
      }
    }
    return copy
  }
}
