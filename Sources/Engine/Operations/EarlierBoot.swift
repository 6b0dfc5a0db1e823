import CNI
import Plugins
import System

extension Engine {
  /// Undoes the records of earlier boots, at the first ADD of this boot. The kernel has lost their interfaces, and a runtime that
  /// lost its own state will never send DEL for them.
  ///
  /// Some records are left to DEL and GC. One kind has delegates whose state may outlive the boot: a Pod's start must not wait
  /// for another Pod's plugins. The other kind is locked, unreadable, or cannot be undone.
  func settleEarlierBoots() {
    guard !store.isSettled(bootID), let attachments = try? store.attachments() else { return }
    let deadline = Monotonic.now() + Waits.earlierBoots
    for attachment in attachments {
      guard Monotonic.now() < deadline else { return }
      settleEarlierBoot(attachment)
    }
    store.markSettled(bootID)
  }

  private func settleEarlierBoot(_ attachment: Attachment) {
    guard let lock = try? lock(attachment, waiting: .zero) else { return }
    defer { _ = lock }
    guard let record = store.peek(attachment), record.bootID != bootID, !mustBeDurable(record.plan),
      // A sandbox may hide the node's boot ID. A Pod that lives is of this boot, whatever its record says.
      (try? livingNamespace(of: record, given: ""))?.isEmpty == true
    else { return }
    try? remove(record, netns: "", path: [], on: node)
  }
}
