import CLinux

/// A qdisc that shares a link among classes (tc-htb(8)).
package struct HTB: Equatable, Sendable {
  static let kind = "htb"

  /// The minor number of the class of packets that no filter takes. 0: they pass without a limit.
  package var defaultClass: UInt16

  package init(defaultClass: UInt16) { self.defaultClass = defaultClass }

  /// `options` are the qdisc's TCA_OPTIONS.
  init(_ options: Attributes) throws(MalformedReply) {
    let initial = try options.structure(TrafficControlAttribute.HTB.initial, tc_htb_glob.self)
    defaultClass = UInt16(truncatingIfNeeded: initial.defcls)
  }

  func write(_ options: inout MessageWriter) {
    var initial = tc_htb_glob()
    // The version of the interface, and the divisor that gives a class its quantum.
    (initial.version, initial.rate2quantum, initial.defcls) = (3, 10, UInt32(defaultClass))
    options.attribute(TrafficControlAttribute.HTB.initial, structure: initial)
  }
}
