import CLinux
import Glibc
import System

/// A netfilter socket of the network namespace in which it was opened (linux/netfilter/nfnetlink.h). It speaks to nf_tables and to connection
/// tracking.
package struct NetfilterSocket: ~Copyable {
  private var socket: NetlinkSocket

  /// Opens a socket in the thread's namespace. Throws `NetlinkError.socket`.
  package init() throws(NetlinkError) { self.init(over: try KernelTransport(family: NETLINK_NETFILTER)) }

  init(over transport: consuming any NetlinkTransport & ~Copyable) { socket = NetlinkSocket(over: transport) }

  /// Sends changes and queries at once, and gives the answer to each, as `RouteSocket.transact`.
  mutating func transact(_ requests: [Request]) throws(NetlinkError) -> [Message?] { try socket.transact(requests) }

  /// Makes all changes of nf_tables at once, or none of them. Throws the error of the first change that was refused.
  ///
  /// With a generation the kernel refuses the batch with ERESTART if anybody has changed the ruleset since (`isOutdated`).
  package mutating func commit(_ changes: [Request], since generation: UInt32? = nil) throws(NetlinkError) {
    guard !changes.isEmpty else { return }
    try socket.commit(
      changes, begin: NetfilterMessage.batch(Int32(NFNL_MSG_BATCH_BEGIN), generation: generation),
      end: NetfilterMessage.batch(Int32(NFNL_MSG_BATCH_END)))
  }

  /// The objects of a list. `decode` gives nil for a message that is to be skipped.
  mutating func dump<T>(_ request: Request, _ decode: (Message) throws(MalformedReply) -> T?) throws(NetlinkError) -> [T] {
    let messages = try socket.dump(request)
    return try request.decode { () throws(MalformedReply) in
      var objects: [T] = []
      for message in messages {
        if let object = try decode(message) { objects.append(object) }
      }
      return objects
    }
  }
}

extension NetlinkError {
  /// Whether somebody else changed the ruleset between our look and our change.
  package var isOutdated: Bool { errno?.rawValue == ERESTART }
}
