import CLinux

/// The number of a qdisc or of a class: `handle`, `classid` and `parent` of tc(8), such as 1:2. A qdisc has the minor number 0.
package struct TrafficHandle: Hashable, Sendable, CustomStringConvertible {
  /// The major number in the upper 16 bits, the minor one in the lower.
  let bits: UInt32

  package init(_ major: UInt16, _ minor: UInt16 = 0) { bits = UInt32(major) << 16 | UInt32(minor) }

  init(bits: UInt32) { self.bits = bits }

  /// No number: the kernel chooses one.
  static let none = TrafficHandle(bits: 0)
  /// The parent of the qdisc through which a link sends.
  package static let root = TrafficHandle(bits: TC_H_ROOT)
  /// The parent of the qdisc that sees what a link receives.
  package static let ingress = TrafficHandle(bits: TC_H_INGRESS)
  /// The qdisc under `ingress`, whatever its kind.
  package static let ingressQdisc = TrafficHandle(0xffff)

  package var description: String {
    switch self {
    case .root: "root"
    case .ingress: "ingress"
    default: "\(String(bits >> 16, radix: 16)):\(bits & 0xffff == 0 ? "" : String(bits & 0xffff, radix: 16))"
    }
  }
}

extension tcmsg {
  init(_ link: Int32, handle: TrafficHandle = .none, parent: TrafficHandle, info: UInt32 = 0) {
    self.init()
    tcm_ifindex = link
    tcm_handle = handle.bits
    tcm_parent = parent.bits
    tcm_info = info
  }
}
