import Glibc
import System

/// A request that the kernel refused, or that could not be made.
package enum NetlinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Opening, binding, sending or receiving failed (socket(2), netlink(7)).
  case socket(SocketCall, Errno)
  /// The kernel's answer to a request: its errno, and the words of its extended acknowledgement, empty if it said none.
  case refused(Operation, object: String, Errno, kernel: String)
  /// A dump was changed under our eyes, again and again.
  case interrupted(Operation)
  /// There was no answer within the time, in seconds.
  case silent(Operation, object: String, seconds: Int)
  /// The request does not fit a message.
  case tooLong(Operation, object: String)

  package enum SocketCall: String, Sendable { case open, bind, send, receive }

  /// What was asked for, in the words of ip(8).
  package enum Operation: String, Sendable {
    case addLink = "add link"
    case setLink = "set link"
    case deleteLink = "delete link"
    case showLink = "show link"
    case addAddress = "add address"
    case deleteAddress = "delete address"
    case showAddress = "show address"
    case addRoute = "add route"
    case deleteRoute = "delete route"
    case showRoute = "show route"
    case addNeighbour = "add neighbour"
    case deleteNeighbour = "delete neighbour"
    case showNeighbour = "show neighbour"
    case setBridgePort = "set bridge port"
    case addBridgeVLAN = "add bridge vlan"
    case deleteBridgeVLAN = "delete bridge vlan"
    case showBridgeVLAN = "show bridge vlan"
  }

  package var errno: Errno? {
    switch self {
    case .socket(_, let errno), .refused(_, _, let errno, _): errno
    case .interrupted, .silent, .tooLong: nil
    }
  }

  package var description: String {
    switch self {
    case .socket(let call, let errno): "netlink socket: \(call.rawValue): \(errno)"
    case .refused(let operation, let object, let errno, ""): "\(operation.rawValue) \(object): \(errno)"
    case .refused(let operation, let object, let errno, let kernel):
      "\(operation.rawValue) \(object): \(errno) (kernel: \(kernel))"
    case .interrupted(let operation): "\(operation.rawValue): the list kept changing while it was read"
    case .silent(let operation, let object, let seconds):
      "\(operation.rawValue) \(object): no answer from the kernel within \(seconds) s"
    case .tooLong(let operation, let object): "\(operation.rawValue) \(object): the request is too long for a netlink message"
    }
  }
}

extension Errno {
  /// ENODEV: there is no link of that name or index.
  package static var noSuchDevice: Errno { Errno(rawValue: Glibc.ENODEV) }
}
