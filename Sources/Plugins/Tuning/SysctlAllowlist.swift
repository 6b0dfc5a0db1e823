import Glibc
import System

/// The node's list of the sysctls that `tuning` may set: a regular expression in each line. A name is allowed if one of them matches a
/// part of it.
package struct SysctlAllowlist {
  package static let path = "/etc/cni/tuning/allowlist.conf"

  /// The lines of the file that are not empty, without the blanks around them.
  private let lines: [String]

  /// Nil if there is no file: every sysctl is allowed then.
  package init?(_ path: String) throws(DelegateError) {
    let bytes: [UInt8]
    do { bytes = try BoundedFile.read(path, limit: 1 << 20) } catch {
      if error.errno == .noSuchFileOrDirectory { return nil }
      throw .system(error)
    }
    lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map { line in String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
      .filter { !$0.isEmpty }
  }

  /// Throws `TuningError.notAllowed` for the first name that no line matches, `TuningError.allowlist` for a line that is no regular
  /// expression.
  package func check(_ names: [String]) throws(DelegateError) {
    var expressions: [RegularExpression] = []
    for line in lines {
      guard let expression = RegularExpression(line) else { throw .plugin(TuningError.allowlist(line: line)) }
      expressions.append(expression)
    }
    for name in names where !expressions.contains(where: { $0.matches(name) }) {
      throw .plugin(TuningError.notAllowed(name, only: lines))
    }
  }
}

/// A regular expression of regex(3).
private final class RegularExpression {
  private var compiled = regex_t()

  /// Nil if the text is none, or has parts of Go's syntax that regex(7) does not know.
  init?(_ text: String) {
    guard let pattern = GoExpression.extended(text), regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) == 0 else {
      return nil
    }
  }

  func matches(_ text: String) -> Bool { regexec(&compiled, text, 0, nil, 0) == 0 }

  deinit { regfree(&compiled) }
}
