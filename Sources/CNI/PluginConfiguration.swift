import JSON

/// The configuration that a plugin gets on stdin, unchanged, and the keys that every plugin reads (CNI specification, section 1).
package struct PluginConfiguration: Sendable {
  /// The key under which GC gets the attachments that are still in use.
  package static let validAttachmentsKey = "cni.dev/valid-attachments"

  package let cniVersion: SpecVersion
  package let name: NetworkName
  package let type: String
  /// The whole object, unknown keys included, in the order of the text.
  package let object: JSONObject

  /// Reads an object in the order of the reference library: name, then version.
  ///
  /// Throws `ProtocolError.networkName`, `.incompatibleVersion`, or `.configuration` for keys of the wrong type.
  package init(_ object: JSONObject) throws(ProtocolError) {
    let reader = ConfigurationReader(object)
    func text(_ key: String) throws(ProtocolError) -> String {
      do { return try reader.string(key) ?? "" } catch { throw .configuration(error) }
    }
    self.object = object
    name = try NetworkName(text("name"))
    cniVersion = try Self.version(try text("cniVersion"), reader)
    type = try text("type")
  }

  /// Reads the configuration of a DEL. `name` and `cniVersion` count as `fallback` and the newest version if they are wrong: an attachment
  /// must be removable whatever has become of its configuration.
  package init(forRemoval object: JSONObject, fallback: NetworkName) {
    let reader = ConfigurationReader(object)
    self.object = object
    name = (try? NetworkName((try? reader.string("name")) ?? "")) ?? fallback
    cniVersion = (try? Self.version((try? reader.string("cniVersion")) ?? "", reader)) ?? .newest
    type = (try? reader.string("type")) ?? ""
  }

  /// The version of `cniVersion` if we know it, else the newest version of `cniVersions` that we know. Without both keys it is
  /// 0.1.0.
  private static func version(_ text: String, _ reader: ConfigurationReader) throws(ProtocolError) -> SpecVersion {
    let others: [String]
    do { others = try reader.strings("cniVersions") ?? [] } catch { throw .configuration(error) }
    if let version = SpecVersion(rawValue: text) { return version }
    if let version = others.compactMap({ SpecVersion(rawValue: $0) }).max() { return version }
    guard text.isEmpty, others.isEmpty else { throw .incompatibleVersion(text.isEmpty ? others.joined(separator: ",") : text) }
    return .v010
  }

  package var reader: ConfigurationReader { ConfigurationReader(object) }

  /// The result of the plugins before this one in the chain. If it names no version, the configuration's version applies.
  package var previous: PreviousResult {
    reader.value("prevResult").map { .json($0, fallback: cniVersion) } ?? .none
  }

  /// The same configuration with another value for a key, or without the key.
  package func setting(_ key: String, _ value: JSON?) throws(ProtocolError) -> PluginConfiguration {
    var copy = object
    copy[key] = value
    return try PluginConfiguration(copy)
  }
}
