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
    buffer = [UInt8](repeating: 0, count: 1 << 16)
  }

  deinit { mnl_socket_close(socket) }

  /// Sends one request and waits for its acknowledgement.
  package mutating func execute(_ request: Request) throws(NetlinkError) { _ = try execute([request]) }

  /// Sends all requests at once and waits for the acknowledgement of each; throws for the first that was refused.
  ///
  /// The kernel works through all of them, whatever becomes of the ones before. Returns how many there were.
  @discardableResult
  package mutating func execute(_ requests: [Request]) throws(NetlinkError) -> Int {
    guard let first = requests.first else { return 0 }
    let start = sequence &+ 1
    try send(requests)
    var failure: NetlinkError?
    var open = requests.count
    while open > 0 {
      for message in try receive(first.operation, first.object) {
        let index = Int(message.sequence &- start)
        guard message.type == UInt16(NLMSG_ERROR), requests.indices.contains(index) else { continue }
        open -= 1
        if let error = Acknowledgement(message).error, failure == nil {
          failure = .refused(requests[index].operation, object: requests[index].object, error.errno, kernel: error.text)
        }
      }
    }
    if let failure { throw failure }
    return requests.count
  }

  /// Sends a request for one object; nil when the kernel answers ENODEV.
  package mutating func get(_ request: Request) throws(NetlinkError) -> Message? {
    try send([request])
    var found: Message?
    while true {
      for message in try receive(request.operation, request.object) where message.sequence == sequence {
        guard message.type == UInt16(NLMSG_ERROR) else {
          found = message
          continue
        }
        guard let error = Acknowledgement(message).error else { return found }
        if error.errno == Errno(rawValue: ENODEV) { return nil }
        throw .refused(request.operation, object: request.object, error.errno, kernel: error.text)
      }
    }
  }

  /// Sends a request for a list, again if the list changed meanwhile (NLM_F_DUMP_INTR), at most ten times.
  package mutating func dump(_ request: Request) throws(NetlinkError) -> [Message] {
    for _ in 0..<10 {
      if let messages = try dumpOnce(request) { return messages }
    }
    throw .interrupted(request.operation)
  }

  /// Nil if the list changed while it was read.
  private mutating func dumpOnce(_ request: Request) throws(NetlinkError) -> [Message]? {
    try send([request])
    var found: [Message] = []
    var interrupted = false
    while true {
      for message in try receive(request.operation, request.object) where message.sequence == sequence {
        interrupted = interrupted || message.flags & UInt16(NLM_F_DUMP_INTR) != 0
        switch Int32(message.type) {
        case NLMSG_DONE: return interrupted ? nil : found
        case NLMSG_ERROR:
          guard let error = Acknowledgement(message).error else { return interrupted ? nil : found }
          if error.errno == Errno(rawValue: ENODEV) { return [] }
          throw .refused(request.operation, object: request.object, error.errno, kernel: error.text)
        default: found.append(message)
        }
      }
    }
  }

  private mutating func send(_ requests: [Request]) throws(NetlinkError) {
    var bytes: [UInt8] = []
    for request in requests {
      sequence &+= 1
      var message = request.message
      message.setSequence(sequence)
      bytes += message.bytes
    }
    while mnl_socket_sendto(socket, bytes, bytes.count) < 0 {
      guard errno == EINTR else { throw .socket(.send, Errno(rawValue: errno)) }
    }
  }

  /// One datagram. A datagram longer than the buffer cannot be: the kernel cuts dumps to what the reader offered.
  private mutating func receive(_ operation: NetlinkError.Operation, _ object: String) throws(NetlinkError) -> [Message] {
    while true {
      let count = mnl_socket_recvfrom(socket, &buffer, buffer.count)
      if count >= 0 { return Message.all(in: Array(buffer[..<count])) }
      switch errno {
      case EINTR: continue
      case EAGAIN: throw .silent(operation, object: object, seconds: Self.patience)
      default: throw .socket(.receive, Errno(rawValue: errno))
      }
    }
  }
}

/// One request: a message, and what it asks of which object, for the error.
package struct Request {
  package let operation: NetlinkError.Operation
  package let object: String
  package let message: MessageWriter

  package init(_ operation: NetlinkError.Operation, _ object: String, _ message: MessageWriter) {
    (self.operation, self.object, self.message) = (operation, object, message)
  }
}

/// What an NLMSG_ERROR says: no error is an acknowledgement.
struct Acknowledgement {
  let error: (errno: Errno, text: String)?

  init(_ message: Message) {
    guard let code = message.payload.load(Int32.self, at: 0), code != 0 else {
      error = nil
      return
    }
    var text = ""
    if message.flags & UInt16(NLM_F_ACK_TLVS) != 0 {
      // With NETLINK_CAP_ACK only the header of our request is repeated before the attributes; without it, all of it.
      let capped = message.flags & UInt16(NLM_F_CAPPED) != 0
      let repeated = capped ? 16 : Int(message.payload.load(UInt32.self, at: 4) ?? 16)
      text = Attributes(message.payload.dropFirst(4 + (repeated + 3) & ~3)).string(Int(NLMSGERR_ATTR_MSG.rawValue)) ?? ""
    }
    error = (Errno(rawValue: -code), text)
  }
}
