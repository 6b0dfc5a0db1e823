import Foundation
import Glibc
import JSON
import Synchronization
import System

/// A network namespace of one test. It is removed when the test releases the value.
///
/// Its name is `braid-test-<pid>-<number>`. The process ID shows whether the namespace is in use or left by a killed test run.
package final class ScratchNamespace: Sendable {
  package let name: String
  package var path: String { Self.directory + name }

  private static let directory = "/run/netns/"
  private static let prefix = "braid-test-"
  private static let counter = Atomic(0)
  private let removed = Atomic(false)

  /// Makes a namespace that contains only a loopback link, which is down, as a runtime does.
  package init() throws {
    _ = Self.sweep
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    name = "\(Self.prefix)\(getpid())-\(number)"
    try Command("ip", "netns", "add", name).require()
  }

  /// Removes the name and its mount. The kernel removes the namespace when nobody holds it.
  package func remove() {
    guard !removed.exchange(true, ordering: .relaxed) else { return }
    _ = try? Command("ip", "netns", "delete", name).run()
  }

  deinit { remove() }

  /// Runs a program in the namespace and returns its stdout. Throws if the program fails.
  @discardableResult
  package func run(_ arguments: String...) throws -> String { try Command(arguments).require(in: self) }

  /// The output of `ip -j …` (or `bridge`, `nft`, `tc`) in the namespace as JSON. Without any output it is an empty array.
  package func json(_ program: Program, _ arguments: String...) throws -> JSON {
    let text = try Command([program.rawValue, "-j"] + arguments).require(in: self)
    return try text.allSatisfy(\.isWhitespace) ? [] : JSON(parsing: text)
  }

  package enum Program: String, Sendable { case ip, bridge, nft, tc }

  /// Runs `body` while this thread is in the namespace, for tests of code that opens sockets in the thread's namespace.
  package func visit<T>(_ body: () throws -> T) throws -> T {
    let home = try NetworkNamespace.current()
    let there = try NetworkNamespace(path: path)
    return try there.visit(from: home, failure: { $0 as any Error }, body)
  }

  /// Switches duplicate address detection off for future links. Otherwise the kernel's own addresses would change their state while a test
  /// dumps the namespace.
  package func turnOffDuplicateDetection() throws {
    try visit {
      for key in ["dad_transmits", "router_solicitation_delay"] {
        try "0".write(toFile: "/proc/sys/net/ipv6/conf/default/\(key)", atomically: false, encoding: .utf8)
      }
    }
  }

  /// Removes namespaces of test runs whose process has gone. Called once in a test run.
  private static let sweep: Void = {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let pid = pid_t(owner), kill(pid, 0) != 0, errno == ESRCH else { continue }
      _ = try? Command("ip", "netns", "delete", name).run()
    }
  }()
}

/// Runs `body` with a fresh namespace, which is removed afterwards, even after an error.
package func withNetworkNamespace<T>(_ body: (ScratchNamespace) throws -> T) throws -> T {
  let namespace = try ScratchNamespace()
  defer { namespace.remove() }
  return try body(namespace)
}

/// Runs `body` with two fresh namespaces, the node's and the container's. Both are removed afterwards, even after an error.
///
/// The node's loopback is up. Duplicate address detection is off on the node, so its links' own addresses are usable at once.
package func withNodeAndContainer<T>(_ body: (_ node: ScratchNamespace, _ container: ScratchNamespace) throws -> T) throws -> T {
  try withNetworkNamespace { node in
    try node.run("ip", "link", "set", "lo", "up")
    try node.turnOffDuplicateDetection()
    return try withNetworkNamespace { container in try body(node, container) }
  }
}
