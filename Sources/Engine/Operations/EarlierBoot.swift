import CNI
import Plugins
import System

extension Engine {
  /// Undoes the records of earlier boots, at the first ADD of this boot. The kernel has lost their interfaces, and a runtime that
  /// lost its own state will never send DEL for them.
  ///
  /// Some records are left to DEL and GC. One kind has delegates whose state may outlive the boot: a Pod's start must not wait
  /// for another Pod's plugins. The other kind is locked, unreadable, or cannot be undone.
  ///
  /// Returns whether Pods live whose ADD saw another boot ID. A sandbox may hide the node's, so this proves no reboot.
  func settleEarlierBoots() -> Bool {
    if let settlement = store.settlement(of: bootID) { return settlement == .withLivingPods }
    guard let attachments = try? store.attachments() else { return false }
    let deadline = Monotonic.now() + Waits.earlierBoots
    var isLiving = false
    for attachment in attachments {
      // The rest is unknown. A living Pod's address must not be given away.
      guard Monotonic.now() < deadline else { return true }
      isLiving = settleEarlierBoot(attachment) || isLiving
    }
    store.note(isLiving ? .withLivingPods : .whole, of: bootID)
    return isLiving
  }

  /// Returns whether the attachment is of another boot ID, and lives.
  private func settleEarlierBoot(_ attachment: Attachment) -> Bool {
    guard let lock = try? lock(attachment, waiting: .zero) else { return false }
    defer { _ = lock }
    guard let record = store.peek(attachment), record.bootID != bootID else { return false }
    guard (try? livingNamespace(of: record, given: ""))?.isEmpty == true else { return true }
    if !mustBeDurable(record.plan) { try? remove(record, netns: "", path: [], on: node) }
    return false
  }
}
