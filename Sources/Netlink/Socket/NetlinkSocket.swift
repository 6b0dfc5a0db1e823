import CLinux
import Glibc
import System

/// Requests and their answers over a transport, for any netlink family (netlink(7)).
///
/// It numbers requests, pairs answers with them by that number, and ignores answers to requests that were given up earlier.
struct NetlinkSocket: ~Copyable {
  /// Every request of a batch is acknowledged: the smallest receive buffer that a socket has by default holds this many.
  static let batch = 64
  /// How often a list is read again because it changed meanwhile.
  static let dumpAttempts = 10

  private var transport: any NetlinkTransport & ~Copyable
  /// The number of the last request sent.
  private(set) var sequence: UInt32 = 0

  init(over transport: consuming any NetlinkTransport & ~Copyable) { self.transport = transport }

  /// Sends changes and queries, in this order, and gives the answer to each: nil for a change, and for a query whose object
  /// is not there.
  ///
  /// The kernel works through all of them even if it refuses some. Throws for the first that was refused.
  mutating func transact(_ requests: [Request]) throws(NetlinkError) -> [Message?] {
    var answers: [Message?] = []
    var failure: NetlinkError?
    for start in stride(from: 0, to: requests.count, by: Self.batch) {
      var batch = Transaction(requests[start..<min(start + Self.batch, requests.count)], firstSequence: sequence &+ 1)
      try send(batch.requests)
      while let waiting = batch.firstUnanswered {
        for message in try receive(waiting) { try batch.take(message) }
      }
      answers += batch.answers
      failure = failure ?? batch.firstFailure
    }
    if let failure { throw failure }
    return answers
  }

  /// Sends a request for a list, again if the list changed meanwhile (NLM_F_DUMP_INTR), at most ten times.
  mutating func dump(_ request: Request) throws(NetlinkError) -> [Message] {
    for _ in 0..<Self.dumpAttempts {
      if let messages = try dumpOnce(request) { return messages }
    }
    throw .interrupted(request.operation)
  }

  /// Nil if the list changed while it was read, or a part of it was lost.
  private mutating func dumpOnce(_ request: Request) throws(NetlinkError) -> [Message]? {
    try send([request])
    var dump = Dump(request, sequence: sequence)
    while !dump.isComplete {
      do {
        for message in try receive(request) { try dump.take(message) }
      } catch .socket(.receive, .noBufferSpace) {
        // The kernel refuses the next dump until this one was read to its end, so we read on.
        dump.isInterrupted = true
      }
    }
    return dump.isInterrupted ? nil : dump.messages
  }

  mutating func send(_ requests: ArraySlice<Request>) throws(NetlinkError) {
    var datagram: [UInt8] = []
    for request in requests {
      guard !request.message.isTooLong else { throw .tooLong(request.operation, object: request.object) }
      sequence &+= 1
      request.message.append(to: &datagram, sequence: sequence)
    }
    while true {
      do {
        return try transport.send(datagram)
      } catch {
        guard error == .interrupted else { throw .socket(.send, error) }
      }
    }
  }

  /// The messages of the next datagram. `request` is the one that an error names.
  mutating func receive(_ request: Request) throws(NetlinkError) -> [Message] {
    while true {
      let datagram: [UInt8]
      do {
        datagram = try transport.receive()
      } catch {
        switch error {
        case .interrupted: continue
        case .resourceTemporarilyUnavailable:
          throw .silent(request.operation, object: request.object, within: Waits.netlinkAnswer)
        case .noSpace: throw .malformed(request.operation, object: request.object, .datagramCut)
        default: throw .socket(.receive, error)
        }
      }
      return try request.decode { () throws(MalformedReply) in try Message.all(in: datagram) }
    }
  }
}
