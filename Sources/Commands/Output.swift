import Glibc

/// The process's own streams, written without buffers of ours.
enum Output {
  /// The answer of a command.
  static func answer(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// What is wrong, and what else is not the answer.
  static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Ends the process quietly where nobody reads any more (EPIPE), as `head` makes it happen.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        Glibc.exit(errno == EPIPE ? ExitStatus.clean.rawValue : ExitStatus.internalError.rawValue)
      }
      bytes = bytes.dropFirst(count)
    }
  }
}
