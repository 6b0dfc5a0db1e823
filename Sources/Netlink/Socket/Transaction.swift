import CLinux
import Glibc
import System

/// Requests that were sent in one datagram, and the answers that have come.
struct Transaction {
  let requests: ArraySlice<Request>
  /// One per request; nil for a change, and for a query whose object is not there.
  private(set) var answers: [Message?]
  private var isAnswered: [Bool]
  private var failures: [Int: NetlinkError] = [:]
  private let firstSequence: UInt32

  init(_ requests: ArraySlice<Request>, firstSequence: UInt32) {
    (self.requests, self.firstSequence) = (requests, firstSequence)
    answers = Array(repeating: nil, count: requests.count)
    isAnswered = Array(repeating: false, count: requests.count)
  }

  /// The refusal of the earliest request that was refused.
  var firstFailure: NetlinkError? { failures.min { $0.key < $1.key }?.value }

  /// The earliest request without an answer; nil when all are answered.
  var firstUnanswered: Request? { isAnswered.firstIndex(of: false).map { requests[requests.startIndex + $0] } }

  /// Pairs a message with its request. Messages that answer none of these requests are ignored.
  mutating func take(_ message: Message) throws(NetlinkError) {
    if Int32(message.type) == NLMSG_OVERRUN { throw .socket(.receive, .noBufferSpace) }
    let number = Int(message.sequence &- firstSequence)
    guard number < requests.count, !isAnswered[number] else { return }
    let request = requests[requests.startIndex + number]
    if Int32(message.type) == NLMSG_ERROR {
      let acknowledgement = try request.decode { () throws(MalformedReply) in try Acknowledgement(message) }
      failures[number] = failure(of: request, acknowledgement)
    } else if request.isEchoed, Int32(message.type) >= NLMSG_MIN_TYPE {
      answers[number] = message
      return
    } else if request.isQuery, Int32(message.type) >= NLMSG_MIN_TYPE {
      answers[number] = message
    } else {
      return
    }
    isAnswered[number] = true
  }

  private func failure(of request: Request, _ acknowledgement: Acknowledgement) -> NetlinkError? {
    guard request.isQuery || request.isEchoed else { return acknowledgement.failure(of: request) }
    if request.isEchoed, acknowledgement.errno == nil { return nil }
    guard let errno = acknowledgement.errno else {
      return .malformed(request.operation, object: request.object, .noObject)
    }
    return request.absence.contains(errno) ? nil : acknowledgement.failure(of: request)
  }
}
