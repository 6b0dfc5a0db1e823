import CLinux
import System

/// Changes that the kernel makes all together or not at all, and what it said of them (linux/netfilter/nfnetlink.h).
///
/// Only the last change asks for an acknowledgement: it comes after the kernel has made all of them, or has undone all.
struct Batch {
  private let requests: [Request]
  /// The sequence number of the message that begins the batch.
  private let begin: UInt32
  private var failures: [Int: NetlinkError] = [:]
  private(set) var isComplete = false

  init(_ requests: [Request], begin: UInt32) { (self.requests, self.begin) = (requests, begin) }

  /// The refusal of the earliest change that was refused.
  var firstFailure: NetlinkError? { failures.min { $0.key < $1.key }?.value }

  /// Takes the kernel's word on one change. Messages about others are ignored.
  ///
  /// A refusal of the batch as a whole is about the message that begins it. The kernel then may or may not say something of the changes too.
  mutating func take(_ message: Message) throws(NetlinkError) {
    if Int32(message.type) == NLMSG_OVERRUN { throw .socket(.receive, .noBufferSpace) }
    let number = Int(message.sequence &- begin)
    guard number <= requests.count, Int32(message.type) == NLMSG_ERROR else { return }
    let request = requests[max(number, 1) - 1]
    let acknowledgement = try request.decode { () throws(MalformedReply) in try Acknowledgement(message) }
    if let failure = acknowledgement.failure(of: request) { failures[number] = failure }
    if number == 0 || number == requests.count { isComplete = true }
  }
}

extension NetlinkSocket {
  /// Sends changes as one batch in one datagram, and throws the error of the first that was refused.
  mutating func commit(_ requests: [Request], begin: MessageWriter, end: MessageWriter) throws(NetlinkError) {
    let first = requests[0]
    let framed = [first.with(begin)] + requests.dropLast() + [requests[requests.count - 1].acknowledged, first.with(end)]
    var batch = Batch(requests, begin: sequence &+ 1)
    try send(framed[...])
    while !batch.isComplete {
      for message in try receive(first) { try batch.take(message) }
    }
    if let failure = batch.firstFailure { throw failure }
  }
}
