/// The place of a delegate in a plan: the number of its attachment, and its number in the chain.
struct DelegatePosition: Equatable {
  let attachment: Int
  let delegate: Int

  /// No delegate has run.
  static let beforeAll = DelegatePosition(attachment: 0, delegate: -1)

  /// All delegates of the attachment have run, and succeeded.
  static func after(_ number: Int, _ attachment: PlannedAttachment) -> DelegatePosition {
    DelegatePosition(attachment: number, delegate: attachment.delegates.count)
  }
}
