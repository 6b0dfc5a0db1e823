import CNI
import Glibc
import JSON
import NetworkTypes
import PluginModel
import Plugins
import System
import TestSupport
import Testing

/// A node with one container; every call makes a `Node` of its own, as every run of the program does.
final class Bench {
  let host: ScratchNamespace
  let container: ScratchNamespace
  let ipam = RecordingIPAM()
  private let directory: TemporaryDirectory
  /// A bridge that an ADD made is removed with its last port.
  var reclaiming: DelegateCall.Options { .init(bridgeLock: directory["bridges"]) }

  /// A bench with the given namespaces and directory for locks.
  init(host: ScratchNamespace, container: ScratchNamespace, directory: TemporaryDirectory) {
    (self.host, self.container, self.directory) = (host, container, directory)
  }

  /// A bench with new namespaces, which are removed with it.
  init() throws {
    (host, container, directory) = (try ScratchNamespace(), try ScratchNamespace(), try TemporaryDirectory())
    try host.run("ip", "link", "set", "lo", "up")
  }

  /// The attachment that most tests use.
  func call(
    _ configuration: JSON, netns: String? = nil, args: String = "", options: DelegateCall.Options = .init()
  ) throws -> BenchCall {
    guard let object = configuration.object else { throw Misuse() }
    var complete: JSONObject = ["cniVersion": "1.1.0", "name": "net"]
    complete.members += object.members
    return BenchCall(
      configuration: try PluginConfiguration(complete),
      call: DelegateCall(
        containerID: try ContainerID("pod"), netns: netns ?? container.path, ifName: try .init("eth0"),
        args: try CNIArguments(args), path: ["/usr/lib/cni"], options: options))
  }

  func add(_ call: BenchCall) throws -> CNIResult { try run(call, .use) { try $0.add(call.call, on: $1) } }
  func delete(_ call: BenchCall) throws { try run(call, .removal) { try $0.delete(call.call, on: $1) } }
  func check(_ call: BenchCall) throws { try run(call, .use) { try $0.check(call.call, on: $1) } }

  func collectGarbage(_ call: BenchCall, keeping valid: [CNI.Attachment]) throws {
    try run(call, .use) { try $0.collectGarbage(keeping: valid, on: $1, path: call.call.path) }
  }

  /// CHECK with the result that its ADD gave.
  func check(_ call: BenchCall, _ result: CNIResult) throws {
    var call = call
    call.call.previous = .value(result)
    try check(call)
  }

  /// Runs the built-in delegate of the call's type, in the node's namespace.
  private func run<T>(_ call: BenchCall, _ purpose: Purpose, _ body: (any PreparedDelegate, Node) throws -> T) throws -> T {
    guard let delegate = BuiltInPlugin.delegate(call.configuration.type) else { throw Misuse() }
    let ipam = ipam
    return try host.visit {
      let node = try Node(delegates: DelegateLookup { type in type == "recording" ? ipam : BuiltInPlugin.delegate(type) })
      return try body(delegate.prepare(call.configuration, for: purpose, on: node, path: call.call.path), node)
    }
  }

  /// The contents of both namespaces.
  func dump() throws -> [NamespaceDump] { [try NamespaceDump(host), try NamespaceDump(container)] }

  /// Records an issue for each difference from an earlier dump.
  func expectNothing(since before: [NamespaceDump], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let changes = zip(before, try dump()).flatMap { $0.difference(to: $1) }
    #expect(changes == [], sourceLocation: sourceLocation)
  }

  struct Misuse: Error {}
}

/// A call together with the configuration that its delegate is prepared with.
struct BenchCall {
  var configuration: PluginConfiguration
  var call: DelegateCall
}

/// An IPAM plugin that gives prepared answers and remembers its calls.
final class RecordingIPAM: Delegate, PreparedDelegate, @unchecked Sendable {
  let traits = DelegateTraits()

  var result = CNIResult()
  var failure: DelegateError?
  private(set) var log: [String] = []

  func forget() { log = [] }

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) -> any PreparedDelegate { self }

  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    log.append("ADD")
    if let failure { throw failure }
    return result
  }

  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) { log.append("DEL") }

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    log.append("CHECK")
    if let failure { throw failure }
  }

  func collectGarbage(keeping valid: [CNI.Attachment], on node: Node, path: [String]) {}
  func status(on node: Node, path: [String]) {}

  /// Addresses, each optionally with a blank and its gateway: `10.1.2.3/24 10.1.2.1`.
  func give(_ addresses: String..., routes: [CNIResult.Route] = []) throws {
    let ips = try addresses.map { text in
      let words = text.split(separator: " ")
      return CNIResult.IP(address: try .init(words[0]), gateway: words.count > 1 ? try .init(words[1]) : nil)
    }
    result = CNIResult(ips: ips, routes: routes)
  }
}

/// The error of a delegate that `body` must throw.
func failure(_ body: () throws -> Void) -> DelegateError? {
  do { try body() } catch { return error as? DelegateError }
  return nil
}

extension DelegateError {
  /// The first difference of a CHECK. For every other error, the error itself.
  private var first: DelegateError { if case .differences(let all) = self { all[0] } else { self } }
  var bridge: BridgeError? { if case .plugin(let error as BridgeError) = first { error } else { nil } }
  var ptp: PTPError? { if case .plugin(let error as PTPError) = first { error } else { nil } }
  var macvlan: MacvlanError? { if case .plugin(let error as MacvlanError) = first { error } else { nil } }
  var bandwidth: BandwidthError? { if case .plugin(let error as BandwidthError) = first { error } else { nil } }
  var tuning: TuningError? { if case .plugin(let error as TuningError) = first.withoutLeft { error } else { nil } }
  var interface: InterfaceError? { if case .plugin(let error as InterfaceError) = first { error } else { nil } }
  var configuration: ConfigurationError? { if case .configuration(.configuration(let error)) = self { error } else { nil } }
}

extension ScratchNamespace {
  /// The output of `ip -d -j link show dev …`. Empty if there is no such link.
  func link(_ name: String) -> JSONObject {
    (try? json(.ip, "-d", "link", "show", "dev", name))?.array?.first?.object ?? [:]
  }

  func linkNames() throws -> [String] {
    try json(.ip, "link", "show").array?.compactMap { $0.object?["ifname"]?.string }.sorted() ?? []
  }

  /// The addresses of a link, `address/length`, without link-local ones.
  func addresses(_ name: String, scope: String = "global") throws -> [String] {
    let all = try json(.ip, "addr", "show", "dev", name).array?.first?.object?["addr_info"]?.array ?? []
    return all.compactMap(\.object).filter { $0["scope"]?.string == scope }.map { address in
      "\(address["local"]?.string ?? "")/\(address["prefixlen"]?.int ?? -1)"
    }
  }

  /// The routes of a family as text, without those that the kernel adds itself.
  func routes(_ family: String = "-4") throws -> [String] {
    try run("ip", family, "route", "show").split(separator: "\n").map { $0.trimmingSuffix { $0 == " " } }
      .filter { !$0.contains("proto kernel") }.map(String.init)
  }

  func sysctl(_ key: String) throws -> String {
    try run("cat", "/proc/sys/net/\(key)").trimmingSuffix { $0 == "\n" }.description
  }

  /// Whether the very first packet is answered. If the packet, or the question for the neighbour, were lost, it would be sent again after a
  /// second. So an answer that takes a second does not count.
  func reaches(_ address: String) -> Bool {
    guard let text = try? run("ping", "-c", "1", "-W", "4", address), let time = text.firstRange(of: "time=") else {
      return false
    }
    return Double(text[time.upperBound...].prefix { $0 != " " }).map { $0 < 1000 } ?? false
  }
}

extension StringProtocol {
  fileprivate func trimmingSuffix(_ condition: (Character) -> Bool) -> SubSequence {
    var end = endIndex
    while end > startIndex, condition(self[index(before: end)]) { end = index(before: end) }
    return self[..<end]
  }
}

// Literals in tests are valid, so `try!` cannot fail.
func name(_ text: String) -> InterfaceName { try! InterfaceName(text) }
func cidr(_ text: String) -> CIDR { try! CIDR(text) }
func ip(_ text: String) -> IPAddress { try! IPAddress(text) }
