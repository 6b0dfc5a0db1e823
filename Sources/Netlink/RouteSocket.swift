import CLinux
import CMnl
import Glibc
import System

/// An rtnetlink socket of the network namespace in which it was opened (rtnetlink(7)).
package struct RouteSocket: ~Copyable {
  private let socket: OpaquePointer
  private var sequence: UInt32
  private var buffer: [UInt8]

  /// A kernel that does not answer for so long is broken; in seconds.
  static let patience = 30
  /// So many acknowledgements fit the smallest receive buffer that a socket has by default.
  static let batch = 64

  /// Opens it in the namespace that the thread is in. Throws `NetlinkError.socket`.
  package init() throws(NetlinkError) {
    guard let socket = mnl_socket_open2(NETLINK_ROUTE, Int32(SOCK_CLOEXEC.rawValue)) else {
      throw .socket(.open, Errno(rawValue: errno))
    }
    guard mnl_socket_bind(socket, 0, 0) == 0 else {
      let error = Errno(rawValue: errno)
      mnl_socket_close(socket)
      throw .socket(.bind, error)
    }
    // All three are refinements: an older kernel without one of them still answers.
    var (on, wait) = (1 as Int32, timeval(tv_sec: Self.patience, tv_usec: 0))
    for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
      mnl_socket_setsockopt(socket, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    self.socket = socket
    sequence = 0
    // The kernel cuts dumps to what the reader offers, and offers no more than this itself.
    buffer = [UInt8](repeating: 0, count: 1 << 15)
  }

  deinit { mnl_socket_close(socket) }

  /// Sends one request and waits for its acknowledgement.
  package mutating func execute(_ request: Request) throws(NetlinkError) { _ = try transact([request]) }

  /// Sends all requests at once and waits for the answer to each; throws for the first that was refused.
  ///
  /// The kernel works through all of them, whatever becomes of the ones before.
  package mutating func execute(_ requests: [Request]) throws(NetlinkError) { _ = try transact(requests) }

  /// Sends a request for one object; nil when there is none of that name or index (ENODEV).
  package mutating func get(_ request: Request) throws(NetlinkError) -> Message? { try transact([request])[0] }

  /// Sends changes and queries at once, in this order, and gives the answer to each: nil for a change, and for a query about
  /// a link that does not exist.
  ///
  /// The kernel works through all of them, whatever becomes of the ones before. Throws for the first that was refused.
  package mutating func transact(_ requests: [Request]) throws(NetlinkError) -> [Message?] {
    var answers: [Message?] = []
    var failure: NetlinkError?
    for start in stride(from: 0, to: requests.count, by: Self.batch) {
      try transact(requests[start..<min(start + Self.batch, requests.count)], &answers, &failure)
    }
    if let failure { throw failure }
    return answers
  }

  private mutating func transact(
    _ requests: ArraySlice<Request>, _ answers: inout [Message?], _ failure: inout NetlinkError?
  ) throws(NetlinkError) {
    let (first, start, offset) = (sequence &+ 1, requests.startIndex, answers.count)
    answers += [Message?](repeating: nil, count: requests.count)
    try send(requests)
    var open = Set(requests.indices)
    var failures: [(index: Int, error: NetlinkError)] = []
    while !open.isEmpty {
      for message in try receive(requests[open.first ?? start]) {
        let number = Int(message.sequence &- first)
        guard open.contains(start + number) else { continue }
        let request = requests[start + number]
        if Int32(message.type) == NLMSG_ERROR {
          guard let acknowledgement = Acknowledgement(message) else { continue }
          if let error = acknowledgement.failure(of: request), !(request.isQuery && acknowledgement.errno == .noSuchDevice) {
            failures.append((number, error))
          }
        } else if request.isQuery {
          answers[offset + number] = message
        } else {
          continue
        }
        open.remove(start + number)
      }
    }
    failure = failure ?? failures.min { $0.index < $1.index }?.error
  }

  /// Sends a request for a list, again if the list changed meanwhile (NLM_F_DUMP_INTR), at most ten times.
  package mutating func dump(_ request: Request) throws(NetlinkError) -> [Message] {
    for _ in 0..<10 {
      if let messages = try dumpOnce(request) { return messages }
    }
    throw .interrupted(request.operation)
  }

  /// Nil if the list changed while it was read, or a part of it was lost.
  private mutating func dumpOnce(_ request: Request) throws(NetlinkError) -> [Message]? {
    try send([request])
    var found: [Message] = []
    var interrupted = false
    while true {
      var messages: [Message] = []
      do { messages = try receive(request) } catch {
        // The dump goes on, and a new one is refused until it has been read to its end.
        guard error == .socket(.receive, Errno(rawValue: ENOBUFS)) else { throw error }
        interrupted = true
      }
      for message in messages where message.sequence == sequence {
        interrupted = interrupted || message.flags & UInt16(NLM_F_DUMP_INTR) != 0
        switch Int32(message.type) {
        case NLMSG_DONE, NLMSG_ERROR:
          if let acknowledgement = Acknowledgement(message), let error = acknowledgement.failure(of: request) {
            guard acknowledgement.errno == .noSuchDevice else { throw error }
            return []
          }
          return interrupted ? nil : found
        default: found.append(message)
        }
      }
    }
  }

  private mutating func send(_ requests: ArraySlice<Request>) throws(NetlinkError) {
    var bytes: [UInt8] = []
    for request in requests {
      sequence &+= 1
      guard !request.message.isTooLong else { throw .tooLong(request.operation, object: request.object) }
      request.message.append(to: &bytes, sequence: sequence)
    }
    while mnl_socket_sendto(socket, bytes, bytes.count) < 0 {
      guard errno == EINTR else { throw .socket(.send, Errno(rawValue: errno)) }
    }
  }

  /// The messages of one datagram.
  private mutating func receive(_ request: Request) throws(NetlinkError) -> [Message] {
    while true {
      let count = mnl_socket_recvfrom(socket, &buffer, buffer.count)
      if count >= 0 { return Message.all(in: Array(buffer[..<count])) }
      switch errno {
      case EINTR: continue
      case EAGAIN: throw .silent(request.operation, object: request.object, seconds: Self.patience)
      default: throw .socket(.receive, Errno(rawValue: errno))
      }
    }
  }
}
