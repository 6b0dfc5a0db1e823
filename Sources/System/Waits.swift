/// How long Braid waits for others, each wait with its reason.
///
/// The waits of all modules stand here, because they add up: the slowest runtime gives a whole operation one minute.
package enum Waits {
  // MARK: - The kernel

  /// For the kernel's answer to a netlink request.
  ///
  /// The kernel answers within milliseconds, but a request may have to wait for the lock of all link changes, which deleting
  /// many links holds for seconds. A kernel that is silent for longer is broken.
  package static let netlinkAnswer = Duration.seconds(30)

  /// For a bridge to forward the packets of a new port. The reference plugin waits as long.
  ///
  /// Without this wait a Pod's first packets would be lost. A new port forwards within milliseconds.
  package static let portForwarding = Duration.milliseconds(2550)

  /// Between two looks at a new port. Most ports forward at the first or second look, so the first pause is short.
  package static let portForwardingPauses = Backoff(from: .microseconds(100), to: .milliseconds(20))

  /// For the end of duplicate address detection, where the configuration asks for it. The reference plugins wait as long.
  ///
  /// The kernel needs one to two seconds (RFC 4862, section 5.4). Until then a Pod cannot use its address.
  package static let duplicateAddressDetection = Duration.seconds(10)

  /// Between two looks at addresses under duplicate address detection, which takes at least a second.
  package static let duplicateAddressDetectionPause = Duration.milliseconds(10)

  // MARK: - Other processes' locks

  /// For another operation on the same attachment: a runtime that gave up on an ADD sends DEL while the ADD still runs.
  ///
  /// The wait must outlast `externalDelegates`. A shorter one would fail a DEL that only has to wait for its turn.
  package static let attachmentLock = Duration.seconds(60)

  /// For an attachment's lock during GC. A locked attachment is in use, so GC goes on to the next one soon.
  package static let attachmentLockInGC = Duration.seconds(1)

  /// Between two tries of an attachment's lock. Its holders need tens of milliseconds.
  package static let attachmentLockPauses = Backoff(from: .microseconds(500), to: .milliseconds(20))

  /// For the reservations of a network. Every ADD and DEL on the network takes this lock for a moment, and so does the reference
  /// plugin, so a queue of many Pods may form.
  package static let reservationLock = Duration.seconds(60)

  /// For the bridges' lock, which a DEL holds alone while it removes an unused bridge. That takes well below a second.
  package static let bridgeLock = Duration.seconds(30)

  /// For the bridges' lock, alone, to remove an unused bridge. ADDs share it, and each of them may be about to use the bridge.
  ///
  /// A DEL should not be late for tidying up. If the bridge is still unused when the time is up, this DEL fails and the next one
  /// tries again.
  package static let bridgeLockAlone = Duration.seconds(5)

  /// For the lock of a Pod's namespace, which is held while a routing table is chosen there. That takes milliseconds.
  ///
  /// The Pod's own workload can hold the lock for ever, so the wait must be short beside a runtime's minute.
  package static let namespaceLock = Duration.seconds(5)

  /// Between two tries of a flock(2). Holders need about a millisecond, and many processes may be waiting.
  package static let flockPauses = Backoff(from: .microseconds(100), to: .milliseconds(5))

  // MARK: - Other writers of nf_tables

  /// For a moment in which nobody else changes the ruleset of nf_tables between our look and our change. Each failure means that somebody
  /// else succeeded, so many ADDs at once pass one after the other.
  package static let ruleset = Duration.seconds(20)

  /// Between two tries. A look and a change take well below a millisecond.
  package static let rulesetPauses = Backoff(from: .microseconds(50), to: .milliseconds(5))

  // MARK: - Other plugins

  /// For all executables of other plugins in one operation (`TimeLimit`), unless the configuration sets `timeLimit`.
  ///
  /// CRI-O gives a whole DEL one minute. The rest of the minute is for our own delegates.
  package static let externalDelegates = Duration.seconds(50)

  /// The least that each executable gets, however much of `externalDelegates` its predecessors used.
  ///
  /// A healthy plugin needs less. Without this minimum one plugin that hangs would keep all others from cleaning up.
  package static let externalDelegateAtLeast = Duration.seconds(2)

  /// For everything that an executable started to end, after it has failed or been killed. It must outlast the guard's own limit
  /// (`clinux_spawn`).
  ///
  /// A killed process ends at once, unless it waits for a broken device.
  package static let descendants = Duration.seconds(5)

  /// The share of the time left that one executable may use: four fifths. The rest is for the executables after it.
  package static func externalDelegateShare(of left: Duration) -> Duration { left * 4 / 5 }

  /// For undoing the records of earlier boots, in the first ADD of a boot. The next ADD continues where this one stopped.
  ///
  /// A node may have hundreds of such records, and a Pod's start must not wait for all of them.
  package static let earlierBoots = Duration.seconds(5)

  /// For one more try to undo an attachment that could not be undone, in the ADD of another one.
  ///
  /// Some runtimes never ask again. A Pod's start must not wait long for another Pod's plugin.
  package static let undoRetry = Duration.seconds(2)

  /// Between two such tries for the same attachment. A plugin that hangs then delays one ADD a minute.
  package static let undoRetryPause = Duration.seconds(60)

  // MARK: - braidctl try

  /// For one call of braid. It must outlast `attachmentLock` and `externalDelegates`, so that braid tells the cause itself.
  package static let trialCall = Duration.seconds(90)

  /// For the answer to one ICMP echo request within the node, which takes well below a millisecond. Each target gets three requests.
  package static let echoAnswer = Duration.seconds(1)

  /// Between two removals of a killed trial's directory. Its braid is being killed too, and may still write new files.
  package static let trialSweepPause = Duration.milliseconds(50)
}
