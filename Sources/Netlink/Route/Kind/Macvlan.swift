/// The properties that only a macvlan has (`ip link add type macvlan help`).
package struct Macvlan: Equatable, Sendable {
  static let kind = "macvlan"

  package var mode: Mode
  /// How many broadcasts the parent queues for its macvlans at most. Nil leaves the kernel's default.
  package var broadcastQueueLength: UInt32?

  /// How macvlans of one parent reach each other; MACVLAN_MODE_* of linux/if_link.h.
  package enum Mode: UInt32, Sendable, CaseIterable {
    case `private` = 1
    case vepa = 2
    case bridge = 4
    case passthru = 8
    case source = 16
  }

  package init(mode: Mode, broadcastQueueLength: UInt32? = nil) {
    (self.mode, self.broadcastQueueLength) = (mode, broadcastQueueLength)
  }

  /// A mode that is newer than `Mode` is read as VEPA, the kernel's default.
  init(_ data: Attributes?) throws(MalformedReply) {
    let number = try data?.number(LinkAttribute.Macvlan.mode, UInt32.self)
    mode = number.flatMap(Mode.init) ?? .vepa
    broadcastQueueLength = try data?.number(LinkAttribute.Macvlan.broadcastQueueLength)
  }

  func write(_ data: inout MessageWriter) {
    data.attribute(LinkAttribute.Macvlan.mode, mode.rawValue)
    if let broadcastQueueLength { data.attribute(LinkAttribute.Macvlan.broadcastQueueLength, broadcastQueueLength) }
  }
}
