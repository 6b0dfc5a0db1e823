import CNI
import Glibc
import System

/// The DNS settings of a file in the format of resolv.conf(5).
enum ResolvConf {
  /// Reads the file at `path`; without a path there are no settings. Several lines of one kind add up. Lines that begin with `;`
  /// or `#` are comments.
  static func read(_ path: String?) throws(IPAMError) -> CNIResult.DNS {
    guard let path else { return CNIResult.DNS() }
    let bytes: [UInt8]
    do { bytes = try BoundedFile.read(path, limit: 1 << 20) } catch { throw .resolvConf(error) }
    return read(bytes)
  }

  static func read(_ bytes: [UInt8]) -> CNIResult.DNS {
    var dns = CNIResult.DNS()
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count > 1, let first = words.first, !first.hasPrefix(";"), !first.hasPrefix("#") else { continue }
      switch first {
      case "nameserver": dns.nameservers.append(words[1])
      case "domain": dns.domain = words[1]
      case "search": dns.search += words[1...]
      case "options": dns.options += words[1...]
      default: break
      }
    }
    return dns
  }
}
