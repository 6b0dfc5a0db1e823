import CLinux
import Glibc
import System

/// What an NLMSG_ERROR, or the NLMSG_DONE of a dump, says: no error is an acknowledgement (netlink(7)).
struct Acknowledgement: Equatable {
  /// Nil when all went well.
  let errno: Errno?
  /// The words of the extended acknowledgement; empty if there are none.
  let text: String

  init(errno: Errno?, text: String) { (self.errno, self.text) = (errno, text) }

  /// Nil for a message that is too short to say anything.
  init?(_ message: Message) {
    guard let code = message.payload.load(Int32.self, at: 0) else { return nil }
    // A code that is no errno at all (the kernel has none above 4095) is an error all the same.
    errno = code == 0 ? nil : Errno(rawValue: (-4095..<0).contains(code) ? -code : EPROTO)
    text = Self.text(message)
  }

  private static func text(_ message: Message) -> String {
    guard message.flags & UInt16(NLM_F_ACK_TLVS) != 0 else { return "" }
    var skipped = 4
    if Int32(message.type) == NLMSG_ERROR {
      // With NETLINK_CAP_ACK only the header of our request is repeated before the attributes; without it, all of it.
      let capped = message.flags & UInt16(NLM_F_CAPPED) != 0
      skipped += capped ? 16 : (Int(message.payload.load(UInt32.self, at: 4) ?? 16) + 3) & ~3
    }
    return Attributes(message.payload.dropFirst(skipped)).string(Int(NLMSGERR_ATTR_MSG.rawValue)) ?? ""
  }

  /// Nil when all went well.
  func failure(of request: Request) -> NetlinkError? {
    errno.map { .refused(request.operation, object: request.object, $0, kernel: text) }
  }
}
