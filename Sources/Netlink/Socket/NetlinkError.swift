import System

/// A request that the kernel refused, or that could not be made or answered.
package enum NetlinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Opening, binding, sending or receiving failed (socket(2), netlink(7)).
  case socket(SocketCall, Errno)
  /// The kernel refused the request. `kernel` is the text of its extended acknowledgement; empty if there is none.
  case refused(Operation, object: String, Errno, kernel: String)
  /// The list changed every time that it was read.
  case interrupted(Operation)
  /// The kernel did not answer within the time.
  case silent(Operation, object: String, within: Duration)
  /// The kernel's answer cannot be decoded.
  case malformed(Operation, object: String, MalformedReply)
  /// The request does not fit a message.
  case tooLong(Operation, object: String)

  package enum SocketCall: String, Sendable { case open, bind, send, receive }

  /// The purpose of a request, in the words of the family's own tool. Each family names its operations in its own folder.
  package struct Operation: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
  }

  package var errno: Errno? {
    switch self {
    case .socket(_, let errno), .refused(_, _, let errno, _): errno
    case .interrupted, .silent, .malformed, .tooLong: nil
    }
  }

  package var description: String {
    switch self {
    case .socket(let call, let errno): "netlink socket: \(call.rawValue): \(errno)"
    case .refused(let operation, let object, let errno, ""): "\(operation) \(object): \(errno)"
    case .refused(let operation, let object, let errno, let kernel): "\(operation) \(object): \(errno) (kernel: \(kernel))"
    case .interrupted(let operation): "\(operation): the list kept changing while it was read"
    case .silent(let operation, let object, let time):
      "\(operation) \(object): no answer from the kernel within \(time.wholeSeconds)"
    case .malformed(let operation, let object, let reason):
      "\(operation) \(object): the kernel's answer cannot be decoded: \(reason)"
    case .tooLong(let operation, let object): "\(operation) \(object): the request is too long for a netlink message"
    }
  }
}
