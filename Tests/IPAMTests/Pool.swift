import CNI
import Foundation
@testable import IPAM
import JSON
import NetworkTypes
import TestSupport

/// A network of one test with its own data directory. The plugin runs in the test's process.
final class Pool: Sendable {
  let scratch: TemporaryDirectory
  let dataDir: String
  let ranges: String

  init(_ ranges: String, in scratch: TemporaryDirectory? = nil) throws {
    let scratch = try scratch ?? TemporaryDirectory()
    (self.scratch, self.ranges, dataDir) = (scratch, ranges, scratch["data"])
  }

  func configuration(_ more: JSONObject = [:], version: String = "1.0.0") throws -> PluginConfiguration {
    let ipam = try JSON(parsing: #"{"type":"host-local","dataDir":"\#(dataDir)","ranges":\#(ranges)}"#)
    return try PluginConfiguration(
      JSONObject([.init("cniVersion", .string(version)), .init("name", "net"), .init("ipam", ipam)] + more.members))
  }

  /// The plugin with this configuration.
  func hostLocal() throws -> HostLocal { try HostLocal(configuration()) }

  func call(
    _ id: String, _ ifName: String = "eth0", args: String = "", takesOver: Bool = false
  ) throws -> DelegateCall {
    DelegateCall(
      containerID: try ContainerID(id), netns: "", ifName: try InterfaceName(ifName), args: try CNIArguments(args), path: [],
      options: .init(takesOverReservation: takesOver))
  }

  @discardableResult
  func add(
    _ id: String, _ ifName: String = "eth0", args: String = "", more: JSONObject = [:], takesOver: Bool = false
  ) throws -> [String] {
    let call = try call(id, ifName, args: args, takesOver: takesOver)
    return try HostLocal(configuration(more)).add(call).ips.map(\.address.address.description)
  }

  func delete(_ id: String, _ ifName: String = "eth0") throws { try hostLocal().delete(call(id, ifName)) }

  /// Whether CHECK finds a reservation.
  func has(_ id: String, _ ifName: String = "eth0") throws -> Bool {
    let (plugin, call) = (try hostLocal(), try call(id, ifName))
    do {
      try plugin.check(call, previous: nil)
      return true
    } catch .notReserved { return false }
  }

  func failure(_ body: () throws -> Void) -> IPAMError? {
    do {
      try body()
      return nil
    } catch { return error as? IPAMError }
  }

  /// The reservations with their owners.
  var reservations: [String: String] {
    let names = scratch.list("data/net").filter { $0 != "lock" && !$0.hasPrefix("last_reserved_ip.") }
    return Dictionary(uniqueKeysWithValues: names.map { ($0, (try? scratch.read("data/net/\($0)")) ?? "unreadable") })
  }

  /// The files of the index.
  var index: [String] { scratch.list("data/.braid") }

  /// Writes into a reservation that is there.
  func overwrite(_ address: String, _ contents: String) throws {
    let file = try FileHandle(forWritingTo: URL(filePath: "\(dataDir)/net/\(address)"))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(contents.utf8))
    try file.close()
  }

  /// Makes a reservation as another plugin would.
  func reserve(_ address: String, _ contents: String) throws {
    try scratch.write("data/net/\(address)", contents, mode: 0o600)
  }
}
