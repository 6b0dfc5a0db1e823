import CLinux
import Glibc
import System

/// The content of an NLMSG_ERROR, or of the NLMSG_DONE that ends a dump (netlink(7)).
struct Acknowledgement: Equatable {
  /// Nil for success.
  let errno: Errno?
  /// The words of the extended acknowledgement; empty if there are none.
  let text: String

  init(errno: Errno?, text: String) { (self.errno, self.text) = (errno, text) }

  init(_ message: Message) throws(MalformedReply) {
    // An NLMSG_DONE may do without the errno: it then only ends the list.
    if Int32(message.type) == NLMSG_DONE, message.payload.isEmpty {
      self.init(errno: nil, text: "")
      return
    }
    let code = try message.header(Int32.self)
    // The kernel has no errno above 4095. Any other code is an error nevertheless.
    let errno = Errno(rawValue: (-4095..<0).contains(code) ? -code : EPROTO)
    self.init(errno: code == 0 ? nil : errno, text: Self.text(message))
  }

  /// The errno is worth more than the words: words that cannot be decoded are left out.
  private static func text(_ message: Message) -> String {
    guard message.flags & UInt16(NLM_F_ACK_TLVS) != 0 else { return "" }
    var skipped = 4
    if Int32(message.type) == NLMSG_ERROR {
      // With NETLINK_CAP_ACK the kernel repeats only the header of our request before the attributes, else all of it.
      let capped = message.flags & UInt16(NLM_F_CAPPED) != 0
      skipped += capped ? 16 : (Int(message.payload.load(UInt32.self, at: 4) ?? 16) + 3) & ~3
    }
    return (try? Attributes(message.payload.dropFirst(skipped)))?.string(Int(NLMSGERR_ATTR_MSG.rawValue)) ?? ""
  }

  /// Nil for success.
  func failure(of request: Request) -> NetlinkError? {
    errno.map { .refused(request.operation, object: request.object, $0, kernel: text) }
  }
}
