import JSON
import NetworkTypes

/// Typed look-ups in one object of a configuration.
///
/// Names match without regard to the case of ASCII letters, as in Go's decoder. Null counts as absent. Every look-up throws
/// `ConfigurationError.wrongType` or `.invalid` with the full path of the key.
package struct ConfigurationReader: Sendable {
  package typealias KeyPath = ConfigurationError.KeyPath

  package let object: JSONObject
  package let path: KeyPath

  package init(_ object: JSONObject, path: KeyPath = KeyPath()) { (self.object, self.path) = (object, path) }

  /// The undecoded value of a key; nil if it is null or absent.
  package func value(_ key: String) -> JSON? {
    guard let value = object.value(named: key), !value.isNull else { return nil }
    return value
  }

  package func string(_ key: String) throws(ConfigurationError) -> String? {
    try read(key, "a string") { $0.string }
  }

  package func bool(_ key: String) throws(ConfigurationError) -> Bool? {
    try read(key, "a boolean") { $0.bool }
  }

  /// A whole number that fits 64 bits.
  package func int(_ key: String) throws(ConfigurationError) -> Int? {
    try read(key, "a whole number") { $0.int }
  }

  package func object(_ key: String) throws(ConfigurationError) -> ConfigurationReader? {
    let path = path.appending(key)
    return try read(key, "an object") { json in json.object.map { ConfigurationReader($0, path: path) } }
  }

  package func array(_ key: String) throws(ConfigurationError) -> [JSON]? {
    try read(key, "an array") { $0.array }
  }

  package func strings(_ key: String) throws(ConfigurationError) -> [String]? {
    try elements(key, "a string") { json, _ in json.string }
  }

  package func objects(_ key: String) throws(ConfigurationError) -> [ConfigurationReader]? {
    try elements(key, "an object") { json, path in json.object.map { ConfigurationReader($0, path: path) } }
  }

  /// A string key parsed into a type of NetworkTypes; the empty string counts as absent, as Go's zero value does.
  package func parsed<T>(
    _ key: String, _ parse: (String) throws(NetworkTypeError) -> T
  ) throws(ConfigurationError) -> T? {
    guard let text = try string(key), !text.isEmpty else { return nil }
    do { return try parse(text) } catch { throw .invalid(path.appending(key), reason: error.description) }
  }

  private func elements<T>(
    _ key: String, _ expected: String, _ convert: (JSON, KeyPath) -> T?
  ) throws(ConfigurationError) -> [T]? {
    guard let items = try array(key) else { return nil }
    var out: [T] = []
    for (i, item) in items.enumerated() {
      let path = path.appending(key).appending(i)
      guard let value = convert(item, path) else { throw .wrongType(path, expected: expected, found: item.kind) }
      out.append(value)
    }
    return out
  }

  private func read<T>(_ key: String, _ expected: String, _ convert: (JSON) -> T?) throws(ConfigurationError) -> T? {
    guard let value = value(key) else { return nil }
    guard let converted = convert(value) else { throw .wrongType(path.appending(key), expected: expected, found: value.kind) }
    return converted
  }
}
