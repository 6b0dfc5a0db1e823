import Glibc

/// The network sysctls of one namespace: `/proc/sys/net/ipv4` and `/proc/sys/net/ipv6`, opened inside it.
///
/// An open directory stays with its namespace, so later reads and writes need not enter the namespace again.
package struct Sysctl: ~Copyable, Sendable {
  /// The directories below `/proc/sys/net` that each namespace has of its own.
  package enum Family: String, Sendable { case ipv4, ipv6 }

  private let ipv4: OwnedDescriptor
  private let ipv6: OwnedDescriptor?

  /// Opens the directories of the thread's namespace. A missing IPv6 directory is no error: the kernel may have been booted
  /// without IPv6.
  package init() throws(SystemError) {
    ipv4 = try OwnedDescriptor.open("/proc/sys/net/ipv4", flags: O_RDONLY | O_DIRECTORY)
    ipv6 = try? OwnedDescriptor.open("/proc/sys/net/ipv6", flags: O_RDONLY | O_DIRECTORY)
  }

  /// Whether the kernel has IPv6.
  package var hasIPv6: Bool {
    switch ipv6 {
    case .some: true
    case .none: false
    }
  }

  /// Reads a key such as `conf/eth0/forwarding`, without the final newline.
  ///
  /// The key becomes part of a path. So an interface name in it must come from an InterfaceName, which has no slash. Throws
  /// `SystemError.call`.
  package func read(_ family: Family, _ key: String) throws(SystemError) -> String {
    try SysctlFile.read(open(family, key, O_RDONLY), Self.path(family, key))
  }

  /// Writes a key, unless it has the value already: `/proc/sys` is read-only in some containers.
  package func set(_ family: Family, _ key: String, _ value: String) throws(SystemError) {
    guard try read(family, key) != value else { return }
    try SysctlFile.write(open(family, key, O_WRONLY), Self.path(family, key), value)
  }

  private func open(_ family: Family, _ key: String, _ flags: Int32) throws(SystemError) -> OwnedDescriptor {
    do throws(SystemError) {
      if family == .ipv4 { return try OwnedDescriptor.open(key, in: ipv4, flags: flags) }
      switch ipv6 {
      case .some(let directory): return try OwnedDescriptor.open(key, in: directory, flags: flags)
      case .none: throw .call(.openat, on: Self.path(family, key), .noSuchFileOrDirectory)
      }
    } catch {
      guard case .call(let call, _, let errno) = error else { throw error }
      throw .call(call, on: Self.path(family, key), errno)
    }
  }

  private static func path(_ family: Family, _ key: String) -> String { "/proc/sys/net/\(family.rawValue)/\(key)" }
}
