import Foundation
import Glibc
import JSON
import Synchronization
import System

/// A network namespace of one test, gone when the test lets go of it.
///
/// Its name is `braid-test-<pid>-<number>`, so that what a killed test run left can be told from what is in use.
package final class ScratchNamespace: Sendable {
  package let name: String
  package var path: String { Self.directory + name }

  private static let directory = "/run/netns/"
  private static let prefix = "braid-test-"
  private static let counter = Atomic(0)
  private let removed = Atomic(false)

  /// Makes a namespace with nothing in it but a loopback that is down, as a runtime hands it over.
  package init() throws {
    _ = Self.sweep
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    name = "\(Self.prefix)\(getpid())-\(number)"
    try Command("ip", "netns", "add", name).require()
  }

  /// Removes the name and what it mounts; the kernel ends the namespace when nobody holds it.
  package func remove() {
    guard !removed.exchange(true, ordering: .relaxed) else { return }
    _ = try? Command("ip", "netns", "delete", name).run()
  }

  deinit { remove() }

  /// Runs a program in the namespace; throws unless it succeeds; gives its stdout.
  @discardableResult
  package func run(_ arguments: String...) throws -> String { try Command(arguments).require(in: self) }

  /// `ip -j …` (or `bridge`, `nft`) in the namespace as JSON; no output at all reads as an empty array.
  package func json(_ program: Program, _ arguments: String...) throws -> JSON {
    let text = try Command([program.rawValue, "-j"] + arguments).require(in: self)
    return try text.allSatisfy(\.isWhitespace) ? [] : JSON(parsing: text)
  }

  package enum Program: String, Sendable { case ip, bridge, nft }

  /// Runs `body` with this thread in the namespace, for tests of code that opens sockets where it stands.
  package func visit<T>(_ body: () throws -> T) throws -> T {
    let home = try NetworkNamespace.current()
    let there = try NetworkNamespace(path: path)
    return try there.visit(from: home, failure: { $0 as any Error }, body)
  }

  /// Makes the kernel's own addresses of links to come usable at once, for a node whose links a test makes and dumps.
  package func turnOffDuplicateDetection() throws {
    try visit {
      for key in ["dad_transmits", "router_solicitation_delay"] {
        try "0".write(toFile: "/proc/sys/net/ipv6/conf/default/\(key)", atomically: false, encoding: .utf8)
      }
    }
  }

  /// Removes what test runs left whose process is no more; once in a run.
  private static let sweep: Void = {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let pid = pid_t(owner), kill(pid, 0) != 0, errno == ESRCH else { continue }
      _ = try? Command("ip", "netns", "delete", name).run()
    }
  }()
}

/// Runs `body` with a fresh namespace, which is removed in every outcome.
package func withNetworkNamespace<T>(_ body: (ScratchNamespace) throws -> T) throws -> T {
  let namespace = try ScratchNamespace()
  defer { namespace.remove() }
  return try body(namespace)
}

/// Runs `body` with two fresh namespaces, the node's and the container's, both removed in every outcome.
///
/// The node's loopback is up, and its links' own addresses are usable at once: nobody waits for duplicate address detection.
package func withNodeAndContainer<T>(_ body: (_ node: ScratchNamespace, _ container: ScratchNamespace) throws -> T) throws -> T {
  try withNetworkNamespace { node in
    try node.run("ip", "link", "set", "lo", "up")
    try node.turnOffDuplicateDetection()
    return try withNetworkNamespace { container in try body(node, container) }
  }
}
