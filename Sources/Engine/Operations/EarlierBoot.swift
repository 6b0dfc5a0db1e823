import CNI
import Plugins
import System

extension Engine {
  /// Settles the records of earlier boots, at the first ADD of this one: nothing of them is in the kernel any more, and a runtime that
  /// lost its own state will never send DEL for them.
  ///
  /// Records of chains with others' plugins are left to DEL and GC, so that no Pod's start waits for a plugin that is about another Pod;
  /// so is what somebody works on, cannot be read, or cannot be undone.
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
    guard let record = store.peek(attachment), record.bootID != bootID, !mustBeDurable(record.plan) else { return }
    try? remove(record, netns: "", path: [])
  }
}
