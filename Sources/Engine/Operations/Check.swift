import CNI
import Plugins

extension Engine {
  /// Compares the kernel and the IPAM's reservations with the record.
  func check(_ invocation: Invocation, _ attachment: Attachment) throws(EngineError) {
    let lock = try lock(attachment)
    defer { _ = lock }
    guard let record = try store.read(attachment), record.state == .complete else { throw .notAttached(attachment) }
    _ = try openContainer(invocation.netns)
    if record.bootID != bootID, try livingNamespace(of: record, given: invocation.netns).isEmpty {
      throw .notAttached(attachment)
    }
    report.take(record.plan)
    try runner(record, netns: invocation.netns, path: invocation.path).check()
  }
}
