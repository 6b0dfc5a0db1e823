import Diagnostics
import Glibc

extension Renderer {
  /// Renders findings for stderr.
  static var forErrors: Renderer { Renderer(width: Terminal.excerptWidth(of: STDERR_FILENO)) }
}

/// Writes to stdout and stderr without a buffer.
enum Output {
  /// Writes the answer of a command to stdout.
  static func answer(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes errors, and everything else that is not the answer, to stderr.
  static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Writes the whole text. If the reader has gone (EPIPE), as with `head`, the rest is dropped and the exit status does not change.
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

  /// Ends the process with an error: an incomplete answer must not look like a complete one.
  private static func refuse(_ descriptor: Int32, _ number: Int32) -> Never {
    if descriptor == STDOUT_FILENO {
      complain("braidctl: the answer cannot be written: \(String(cString: strerror(number)))\n")
    }
    Glibc.exit(ExitStatus.unreadable.rawValue)
  }
}
