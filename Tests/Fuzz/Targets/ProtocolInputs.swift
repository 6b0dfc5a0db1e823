import CNI
import JSON
import NetworkTypes
import PluginModel
import Policy

@testable import Engine

/// Input that a runtime writes to Braid's stdin, or another plugin to its stdout.
func configurationInput(_ bytes: [UInt8]) throws(Violation) {
  guard let json = try? JSON(parsing: bytes) else { return }
  for pretty in [false, true] {
    let again = try? JSON(parsing: json.text(pretty: pretty))
    try Violation.unless(again == json, "JSON that was written is read as something else: \(json.text(pretty: pretty))")
  }
  if let error = ErrorObject(json) {
    try Violation.unless(ErrorObject(error.json(.newest)) == error, "an error object does not come back: \(error)")
  }
  guard let object = json.object else { return }
  for version in SpecVersion.allCases {
    if let result = try? CNIResult(object, fallback: version) { try comesBack(result) }
  }
  guard let plugin = try? PluginConfiguration(object) else { return }
  _ = try? BraidConfiguration(plugin)
  _ = try? Pod(.none, configuration: object)
  _ = try? plugin.previous.result()
  for type in BuiltInPlugin.allCases.map(\.rawValue) + [plugin.type] { try? Plugin.named(type)?.validate?(plugin) }
}

/// A result that was read can be written in the newest version without a loss. In every other version, writing and reading is stable.
private func comesBack(_ result: CNIResult) throws(Violation) {
  for version in SpecVersion.allCases {
    guard let object = (try? result.json(version))?.object else { continue }
    guard let again = try? CNIResult(object, fallback: version) else {
      throw Violation(description: "a result that was written as \(version) cannot be read: \(JSON.object(object).text())")
    }
    try Violation.unless(
      version != .newest || again == result, "a result changes by being written: \(JSON.object(object).text())")
    let second = try? again.json(version)
    try Violation.unless(
      second == .object(object), "a result of \(version) changes with every writing: \(JSON.object(object).text())")
  }
}

/// CNI_ARGS, and the other variables, which share their rules.
func argumentsInput(_ bytes: [UInt8]) throws(Violation) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let arguments = try? CNIArguments(text) {
    try Violation.unless((try? CNIArguments(arguments.text)) == arguments, "arguments change by being written: \(text)")
    _ = try? Pod(arguments, configuration: [:])
    _ = arguments.ignoresUnknown
  }
  let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
  if let id = try? ContainerID(parts[0]), parts.count == 2, let name = try? InterfaceName(parts[1]) {
    let key = Attachment(id, name)
    try Violation.unless(Attachment(file: key.file) == key, "a record's file is not known again: \(key.file)")
    let isPlain = !key.file.contains("/") && !key.file.hasPrefix(".") && !key.file.utf8.contains(0)
    try Violation.unless(isPlain && (!key.fitsFileName || key.file.utf8.count <= 255), "no name of a file: \(key.file)")
  }
  if let name = try? NetworkName(text) {
    try Violation.unless(!name.text.contains("/") && name.text != "..", "a path: \(name.text)")
  }
}

/// A record on the node's disk.
func recordInput(_ bytes: [UInt8]) throws(Violation) {
  guard let record = try? Record(bytes, file: "record") else { return }
  let text = record.json.text(pretty: true)
  let again = try? Record(Array(text.utf8), file: "record")
  try Violation.unless(again == record, "a record does not come back: \(text)")
}
