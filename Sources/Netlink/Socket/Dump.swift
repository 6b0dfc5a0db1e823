import CLinux
import Glibc

/// A list as the kernel sends it: messages up to an NLMSG_DONE.
struct Dump {
  private(set) var messages: [Message] = []
  private(set) var isComplete = false
  /// Whether the list changed while it was read, or a part of it was lost.
  var isInterrupted = false
  private let request: Request
  private let sequence: UInt32

  init(_ request: Request, sequence: UInt32) { (self.request, self.sequence) = (request, sequence) }

  /// Adds a message to the list. Messages of earlier requests are ignored.
  mutating func take(_ message: Message) throws(NetlinkError) {
    if Int32(message.type) == NLMSG_OVERRUN { isInterrupted = true }
    guard message.sequence == sequence else { return }
    if message.flags & UInt16(NLM_F_DUMP_INTR) != 0 { isInterrupted = true }
    switch Int32(message.type) {
    case NLMSG_DONE, NLMSG_ERROR: try end(message)
    case NLMSG_MIN_TYPE...: messages.append(message)
    default: break
    }
  }

  private mutating func end(_ message: Message) throws(NetlinkError) {
    isComplete = true
    let acknowledgement = try request.decode { () throws(MalformedReply) in try Acknowledgement(message) }
    guard let errno = acknowledgement.errno, let error = acknowledgement.failure(of: request) else { return }
    guard request.absence.contains(errno) else { throw error }
    (messages, isInterrupted) = ([], false)
  }
}
