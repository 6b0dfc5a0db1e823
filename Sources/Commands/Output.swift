import Glibc

/// The process's own streams, written without buffers of ours.
enum Output {
  /// The answer of a command.
  static func answer(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// What is wrong, and what else is not the answer.
  static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Where nobody reads any more (EPIPE), as `head` makes it happen, the rest is dropped and the exit status stays what it is.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        bytes = bytes.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EPIPE: return
      default: refuse(descriptor, errno)
      }
    }
  }

  /// An answer that cannot be written must not look like a whole one.
  private static func refuse(_ descriptor: Int32, _ number: Int32) -> Never {
    if descriptor == STDOUT_FILENO {
      complain("braidctl: the answer cannot be written: \(String(cString: strerror(number)))\n")
    }
    Glibc.exit(ExitStatus.unreadable.rawValue)
  }
}
