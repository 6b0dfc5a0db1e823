import CLinux
import System

@testable import Netlink

/// Plays a script in place of a kernel, and records the datagrams that were sent.
final class ScriptedTransport: NetlinkTransport {
  /// The result of one call of `receive`.
  enum Step {
    case datagram([UInt8])
    case error(Errno)
  }

  private var steps: ArraySlice<Step>
  private(set) var sent: [[UInt8]] = []
  /// How often the next calls of `send` are interrupted by a signal.
  var sendInterruptions = 0

  /// After the last step there is silence.
  init(_ steps: [Step]) { self.steps = steps[...] }

  /// A script that has been played to its end.
  var isPlayed: Bool { steps.isEmpty }

  /// The messages sent, all datagrams together.
  var messages: [Message] { get throws { try sent.flatMap { try Message.all(in: $0) } } }

  func send(_ datagram: [UInt8]) throws(Errno) {
    guard sendInterruptions == 0 else {
      sendInterruptions -= 1
      throw .interrupted
    }
    sent.append(datagram)
  }

  func receive() throws(Errno) -> [UInt8] {
    switch steps.popFirst() {
    case .datagram(let bytes): return bytes
    case .error(let errno): throw errno
    case nil: throw .resourceTemporarilyUnavailable
    }
  }
}

/// Datagrams as a kernel would send them.
enum Reply {
  /// An acknowledgement, or with an errno a refusal.
  static func acknowledgement(_ sequence: UInt32, _ errno: Errno? = nil) -> [UInt8] {
    message(NLMSG_ERROR, sequence) {
      $0.header(-(errno?.rawValue ?? 0))
      // The header of our request, which NETLINK_CAP_ACK leaves.
      $0.header(nlmsghdr(nlmsg_len: 16, nlmsg_type: 0, nlmsg_flags: 0, nlmsg_seq: sequence, nlmsg_pid: 0))
    }
  }

  /// The end of a list, or with an errno its failure.
  static func done(_ sequence: UInt32, _ errno: Errno? = nil, flags: Int32 = 0) -> [UInt8] {
    message(NLMSG_DONE, sequence, flags: NLM_F_MULTI | flags) { $0.header(-(errno?.rawValue ?? 0)) }
  }

  static func link(_ sequence: UInt32, _ name: String, index: Int32 = 7, flags: Int32 = 0) -> [UInt8] {
    message(Int32(RTM_NEWLINK), sequence, flags: flags) {
      $0.header(ifinfomsg(index: index))
      $0.attribute(LinkAttribute.name, string: name)
    }
  }

  static func message(
    _ type: Int32, _ sequence: UInt32, flags: Int32 = 0, _ body: (inout MessageWriter) -> Void = { _ in }
  ) -> [UInt8] {
    var writer = MessageWriter(type: UInt16(type), flags: UInt16(flags))
    body(&writer)
    var datagram: [UInt8] = []
    writer.append(to: &datagram, sequence: sequence)
    return datagram
  }
}
