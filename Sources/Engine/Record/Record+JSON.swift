import CNI
import JSON
import NetworkTypes
import System

extension Record {
  static let version = "braid/record/v1"

  /// The record as it stands on disk: compact JSON in one line.
  ///
  /// Throws `EngineError.recordTooLarge` if it could not be read again.
  func encoded() throws(EngineError) -> [UInt8] {
    let json = json
    let bytes = Array((json.text() + "\n").utf8)
    let limit = state == .undoing ? RecordLimit.bytes : RecordLimit.bytes - RecordLimit.reserve
    guard bytes.count <= limit, json.depth <= RecordLimit.depth else {
      throw .recordTooLarge(attachment, bytes: bytes.count, limit: limit)
    }
    return bytes
  }

  /// The record as JSON.
  var json: JSON {
    var object: JSONObject = [
      "apiVersion": .string(Self.version), "state": .string(state.rawValue), "containerID": .string(containerID.text),
      "ifName": .string(ifName.text), "configuration": .string(configuration), "netns": .string(netns),
      "netnsIdentity": ["device": JSON(netnsIdentity.device), "inode": JSON(netnsIdentity.inode)], "bootID": .string(bootID),
      "path": .array(path.map { .string($0) }), "rule": .string(plan.rule),
    ]
    object["attachments"] = .array(
      plan.attachments.enumerated().map { i, attachment in attachment.json(result: i < results.count ? results[i] : nil) })
    if let result { object["result"] = result.recorded }
    if let failedUndo { object["failedUndo"] = ["tries": JSON(failedUndo.tries), "since": JSON(failedUndo.since)] }
    return .object(object)
  }

  /// Reads a record; `file` is for the error. Throws `RecordError`.
  init(_ bytes: [UInt8], file: String) throws(RecordError) {
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw .json(file: file, error) }
    guard let object = json.object else { throw .notAnObject(file: file) }
    try self.init(RecordReader(file: file, reader: ConfigurationReader(object)))
  }

  private init(_ source: RecordReader) throws(RecordError) {
    let version = try source.text("apiVersion")
    guard version == Self.version else { throw .version(file: source.file, found: version) }
    guard let state = State(rawValue: try source.text("state")) else { throw source.invalid("state") }
    self.state = state
    containerID = try source.identifier { () throws(ProtocolError) in try ContainerID(source.string("containerID")) }
    ifName = try source.interfaceName("ifName")
    configuration = try source.text("configuration")
    netns = try source.text("netns")
    netnsIdentity = try source.identity("netnsIdentity")
    bootID = try source.text("bootID")
    path = try source.read { (r) throws(ConfigurationError) in try r.strings("path") ?? [] }
    var attachments: [PlannedAttachment] = []
    var results: [CNIResult] = []
    for entry in try source.read({ (r) throws(ConfigurationError) in try r.objects("attachments") ?? [] }) {
      let item = RecordReader(file: source.file, reader: entry)
      attachments.append(try PlannedAttachment(item))
      if var result = try item.result("result") {
        try item.numbers("links", of: &result)
        results.append(result)
      }
    }
    plan = Plan(rule: try source.text("rule"), attachments: attachments)
    self.results = results
    result = try source.result("result")
    failedUndo = try source.failedUndo("failedUndo")
  }
}

extension PlannedAttachment {
  fileprivate func json(result: CNIResult?) -> JSON {
    var object: JSONObject = [
      "network": .string(network.text), "interface": .string(interface.text), "defaultRoute": .object(defaultRoute.json),
      "args": .string(args.text), "check": .bool(isChecked), "inResult": .bool(isInResult),
      "delegates": .array(delegates.map { ["type": .string($0.type), "configuration": .object($0.configuration)] }),
    ]
    if !acceptsRA { object["acceptRA"] = false }
    if let result { object["result"] = result.recorded }
    if let links = result?.recordedNumbers { object["links"] = links }
    return .object(object)
  }

  fileprivate init(_ source: RecordReader) throws(RecordError) {
    network = try source.identifier { () throws(ProtocolError) in try NetworkName(source.string("network")) }
    interface = try source.interfaceName("interface")
    defaultRoute = try DefaultRoute(source)
    args = try source.identifier { () throws(ProtocolError) in try CNIArguments(source.string("args")) }
    isChecked = try source.read { (r) throws(ConfigurationError) in try r.bool("check") ?? true }
    isInResult = try source.read { (r) throws(ConfigurationError) in try r.bool("inResult") ?? true }
    acceptsRA = try source.read { (r) throws(ConfigurationError) in try r.bool("acceptRA") ?? true }
    var delegates: [PlannedDelegate] = []
    for entry in try source.read({ (r) throws(ConfigurationError) in try r.objects("delegates") ?? [] }) {
      let item = RecordReader(file: source.file, reader: entry)
      guard let configuration = try item.read({ (r) throws(ConfigurationError) in try r.object("configuration") })
      else { throw item.invalid("configuration") }
      delegates.append(PlannedDelegate(type: try item.text("type"), configuration: configuration.object))
    }
    self.delegates = delegates
  }
}

extension PlannedAttachment.DefaultRoute {
  fileprivate var json: JSONObject {
    func names(_ families: [AddressFamily]) -> JSON { .array(families.map { .string("ipv\($0.rawValue)") }) }
    return ["required": names(required), "allowed": names(allowed), "gateways": .array(gateways.map { .string($0.description) })]
  }

  fileprivate init(_ source: RecordReader) throws(RecordError) {
    let reader = try source.read { (r) throws(ConfigurationError) in try r.object("defaultRoute") }
    guard let reader else { throw source.invalid("defaultRoute") }
    func list<T>(_ key: String, _ parse: (String) -> T?) throws(RecordError) -> [T] {
      let texts = try source.read { (_) throws(ConfigurationError) in try reader.strings(key) ?? [] }
      let values = texts.compactMap(parse)
      guard values.count == texts.count else { throw source.invalid("defaultRoute") }
      return values
    }
    func family(_ text: String) -> AddressFamily? { AddressFamily.allCases.first { "ipv\($0.rawValue)" == text } }
    required = try list("required", family)
    allowed = try list("allowed", family)
    gateways = try list("gateways") { try? IPAddress($0) }
  }
}

extension CNIResult {
  /// Records hold results in the newest version, which loses nothing.
  fileprivate var recorded: JSON { (try? json(.newest)) ?? .null }

  /// The bytes that the result takes in a record.
  var recordedLength: Int { recorded.textLength }

  /// The kernel's numbers of the interfaces, in their order: an empty object for an interface without. Nil if there are none.
  fileprivate var recordedNumbers: JSON? {
    guard interfaces.contains(where: { $0.numbers != nil }) else { return nil }
    return .array(
      interfaces.map { interface in
        guard let numbers = interface.numbers else { return .object([:]) }
        var object: JSONObject = ["index": JSON(Int(numbers.index))]
        if let parent = numbers.parent { object["parent"] = JSON(Int(parent)) }
        if let namespace = numbers.parentNamespace { object["parentNamespace"] = JSON(Int(namespace)) }
        return .object(object)
      })
  }
}

/// Typed look-ups in a record. Their errors name the file.
private struct RecordReader {
  let file: String
  let reader: ConfigurationReader

  func invalid(_ key: String) -> RecordError {
    .content(file: file, .invalid(reader.path.appending(key), reason: "unknown value"))
  }

  func read<T>(_ body: (ConfigurationReader) throws(ConfigurationError) -> T) throws(RecordError) -> T {
    do { return try body(reader) } catch { throw .content(file: file, error) }
  }

  func text(_ key: String) throws(RecordError) -> String {
    try read { (r) throws(ConfigurationError) in
      guard let text = try r.string(key) else { throw .missing(r.path.appending(key)) }
      return text
    }
  }

  /// The text of a key, or an empty text, which the parsers of identifiers refuse.
  func string(_ key: String) -> String { reader.value(key)?.string ?? "" }

  func identifier<T>(_ body: () throws(ProtocolError) -> T) throws(RecordError) -> T {
    do { return try body() } catch { throw .identifier(file: file, error) }
  }

  func interfaceName(_ key: String) throws(RecordError) -> InterfaceName {
    try read { (r) throws(ConfigurationError) in
      try r.required(key) { (text) throws(NetworkTypeError) in try InterfaceName(text) }
    }
  }

  func identity(_ key: String) throws(RecordError) -> NetworkNamespace.Identity {
    guard let object = reader.value(key)?.object, let device = object["device"]?.uint64, let inode = object["inode"]?.uint64
    else { throw invalid(key) }
    return .init(device: device, inode: inode)
  }

  func failedUndo(_ key: String) throws(RecordError) -> FailedUndo? {
    guard let value = reader.value(key) else { return nil }
    guard let object = value.object, let tries = object["tries"]?.int, let since = object["since"]?.int else {
      throw invalid(key)
    }
    return FailedUndo(tries: tries, since: since)
  }

  /// Gives a result's interfaces their numbers. Records of older versions have none.
  func numbers(_ key: String, of result: inout CNIResult) throws(RecordError) {
    let entries = try read { (r) throws(ConfigurationError) in try r.objects(key) ?? [] }
    guard entries.isEmpty || entries.count == result.interfaces.count else { throw invalid(key) }
    for (i, entry) in entries.enumerated() {
      func number(_ name: String) throws(RecordError) -> Int32? {
        guard let value = try read({ (_) throws(ConfigurationError) in try entry.int(name) }) else { return nil }
        guard let number = Int32(exactly: value) else { throw invalid(key) }
        return number
      }
      guard let index = try number("index") else { continue }
      result.interfaces[i].numbers = .init(
        index: index, parent: try number("parent"), parentNamespace: try number("parentNamespace"))
    }
  }

  func result(_ key: String) throws(RecordError) -> CNIResult? {
    guard let object = reader.value(key)?.object else { return nil }
    do { return try CNIResult(object, fallback: .newest) } catch { throw .result(file: file, error) }
  }
}
