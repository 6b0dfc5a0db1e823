import CNI
import JSON
import NetworkTypes
import PluginModel
import System

/// The former settings of an attachment's link, in the file of the reference plugin, so each of both plugins can undo the other's ADD.
///
/// The network's name is ours. The reference plugin passes over it.
struct TuningBackup {
  private let path: String
  private let name: String

  private static let suffix = ".json"
  /// The most bytes of a file. It has about a hundred.
  private static let limit = 1 << 16

  init(_ call: DelegateCall, in directory: String) {
    (path, name) = (directory, Self.name(Attachment(call.containerID, call.ifName)))
  }

  private static func name(_ attachment: Attachment) -> String { "\(attachment.containerID)_\(attachment.ifName)\(suffix)" }

  /// Makes the file. A file that is there stays: an ADD that was killed has made it, and the link may have the new settings by now.
  func save(_ settings: LinkSettings, of network: NetworkName) throws(DelegateError) {
    let text = JSON.object(Self.object(settings, of: network)).text()
    try system { () throws(SystemError) in
      let directory = try Directory.openTrusted(path, create: 0o700)
      _ = try directory.createExclusive(name, contents: Array(text.utf8), mode: 0o600)
    }
  }

  /// Nil if there is no file. A file that cannot be read as JSON has no settings.
  func read() throws(DelegateError) -> LinkSettings? {
    do throws(SystemError) {
      guard let directory = try Directory.openTrusted(path), let bytes = try directory.read(name, limit: Self.limit) else {
        return nil
      }
      return Self.settings((try? JSON(parsing: bytes))?.object ?? [:])
    } catch {
      // No file can have a name that is too long.
      if error.saysThatItIsGone { return nil }
      throw .system(error)
    }
  }

  func remove() throws(DelegateError) {
    try system { () throws(SystemError) in _ = try Directory.openTrusted(path)?.remove(name) }
  }

  /// Removes the files of a network's attachments that are not in use. Other networks may have theirs in the same directory, and only our
  /// own files tell their network.
  static func collectGarbage(in path: String, of network: NetworkName, keeping valid: [Attachment]) throws(DelegateError) {
    let kept = Set(valid.map(name))
    let wholeContainers = valid.filter(\.ifName.isEmpty).map { "\($0.containerID)_" }
    try system { () throws(SystemError) in
      guard let directory = try Directory.openTrusted(path) else { return }
      for name in try directory.names() where name.hasSuffix(suffix) && !kept.contains(name) {
        guard !wholeContainers.contains(where: name.hasPrefix), let bytes = (try? directory.read(name, limit: limit)) ?? nil,
          (try? JSON(parsing: bytes))?.object?["network"]?.string == network.text
        else { continue }
        try directory.remove(name)
      }
    }
  }

  private static func object(_ settings: LinkSettings, of network: NetworkName) -> JSONObject {
    var object: JSONObject = [:]
    if let mac = settings.mac { object["mac"] = .string(mac.description) }
    if let isPromiscuous = settings.isPromiscuous { object["promisc"] = .bool(isPromiscuous) }
    if let mtu = settings.mtu { object["mtu"] = JSON(Int(mtu.bytes)) }
    if let receivesAllMulticast = settings.receivesAllMulticast { object["allmulti"] = .bool(receivesAllMulticast) }
    if let queueLength = settings.queueLength { object["txQLen"] = JSON(queueLength) }
    object["network"] = .string(network.text)
    return object
  }

  private static func settings(_ object: JSONObject) -> LinkSettings {
    var settings = LinkSettings()
    settings.mac = object["mac"]?.string.flatMap { try? MACAddress($0) }
    settings.isPromiscuous = object["promisc"]?.bool
    settings.mtu = object["mtu"]?.int.flatMap { try? MTU($0) }
    settings.receivesAllMulticast = object["allmulti"]?.bool
    settings.queueLength = object["txQLen"]?.int
    return settings
  }
}
