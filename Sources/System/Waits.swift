/// How long Braid waits for others, each wait with its reason.
package enum Waits {
  /// For the kernel's answer to a netlink request.
  ///
  /// The kernel answers within milliseconds, but a request may have to wait for the lock of all link changes, which deleting
  /// many links holds for seconds. A kernel that is silent for longer is broken.
  package static let netlinkAnswer = Duration.seconds(30)
}
