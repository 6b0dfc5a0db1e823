import CLinux

/// An rtnetlink socket of the network namespace in which it was opened (rtnetlink(7)).
package struct RouteSocket: ~Copyable {
  private var socket: NetlinkSocket

  /// Opens a socket in the thread's namespace. Throws `NetlinkError.socket`.
  package init() throws(NetlinkError) { self.init(over: try KernelTransport(family: NETLINK_ROUTE)) }

  init(over transport: consuming any NetlinkTransport & ~Copyable) { socket = NetlinkSocket(over: transport) }

  /// Sends one request and waits for its acknowledgement.
  package mutating func execute(_ request: Request) throws(NetlinkError) { _ = try transact([request]) }

  /// Sends all requests at once and waits for the answer to each. Throws for the first that was refused.
  ///
  /// The kernel works through all of them even if it refuses some.
  package mutating func execute(_ requests: [Request]) throws(NetlinkError) { _ = try transact(requests) }

  /// Sends changes and queries at once, in this order, and gives the answer to each: nil for a change, and for a query about
  /// a link that does not exist.
  ///
  /// The kernel works through all of them even if it refuses some. Throws for the first that was refused.
  package mutating func transact(_ requests: [Request]) throws(NetlinkError) -> [Message?] { try socket.transact(requests) }

  /// Sends a request for a list, again if the list changed meanwhile, at most ten times (`NetlinkError.interrupted`).
  package mutating func dump(_ request: Request) throws(NetlinkError) -> [Message] { try socket.dump(request) }

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

  /// False if the object was gone already.
  mutating func executeUnlessGone(_ request: Request) throws(NetlinkError) -> Bool {
    do {
      try execute(request)
      return true
    } catch {
      if error.errno == .noSuchDevice { return false }
      throw error
    }
  }
}
