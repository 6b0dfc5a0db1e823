import Diagnostics
import JSON
import PluginModel
import Testing
import YAML

@testable import Policy

/// Configurations of plugins with every key of their tables, made from the examples in the tables.
enum PluginDocuments {
  /// A chain entry with every key of a plugin, and with every key of an IPAM plugin under `ipam`.
  static func whole(_ type: String, ipam: String = "host-local") throws -> JSON {
    let shape = try #require(Plugin.named(type)?.shape)
    var object: JSONObject = ["type": .string(type)]
    object.members += try members(of: shape, ipam: ipam)
    if shape.key("ipam").map({ !isAny($0.type) }) ?? false { object["ipam"] = try self.ipam(ipam) }
    return .object(object)
  }

  /// The mapping under `ipam` with every key of one IPAM plugin.
  static func ipam(_ type: String) throws -> JSON {
    let shape = try #require(Plugin.ipams.first { $0.type == type }?.shape)
    var object: JSONObject = ["type": .string(type)]
    object.members += try members(of: shape, ipam: type)
    return .object(object)
  }

  /// A policy with one network that has this chain.
  static func policy(_ entries: JSON...) -> JSON {
    [
      "apiVersion": "braid/v1", "kind": "Policy", "networks": ["net": ["chain": .array(entries)]],
      "rules": [["name": "all", "attach": [["network": "net"]]]],
    ]
  }

  /// A value in YAML as JSON.
  static func value(_ yaml: String) throws -> JSON {
    let file = SourceFile(path: "example", text: yaml)
    var findings = Findings()
    let root = try #require(YAMLDocument.single(file, &findings)?.root, "\(yaml): \(findings.items.map(\.message))")
    var conversion = JSONConversion(file: file)
    return conversion.json(root)
  }

  private static func isAny(_ type: ValueType) -> Bool { if case .any = type { true } else { false } }

  private static func members(of shape: Shape, ipam: String) throws -> [JSONObject.Member] {
    try shape.keys.filter { $0.name != "type" && $0.name != "ipam" }.compactMap { key in
      try value(of: key, ipam: ipam).map { .init(key.name, $0) }
    }
  }

  private static func value(of key: Key, ipam: String) throws -> JSON? {
    try nested(key.type, ipam: ipam) ?? key.example.map { try value($0) }
  }

  /// A mapping with all its keys. Nil for a type that contains no mapping.
  private static func nested(_ type: ValueType, ipam: String) throws -> JSON? {
    switch type {
    case .object(let shape): .object(JSONObject(try members(of: shape, ipam: ipam)))
    case .list(let element, _): try nested(element, ipam: ipam).map { .array([$0]) }
    default: nil
    }
  }
}

/// Where a value is in a document.
enum JSONStep {
  case key(String)
  case index(Int)

  var text: String {
    switch self {
    case .key(let key): key
    case .index(let index): String(index)
    }
  }
}

extension JSON {
  /// The paths of all values, outer values first. Values under keys of the given names are left out.
  func paths(except opaque: [String] = []) -> [[JSONStep]] {
    var paths: [[JSONStep]] = []
    for member in object?.members ?? [] {
      paths.append([.key(member.name)])
      if !opaque.contains(member.name) { paths += member.value.paths(except: opaque).map { [.key(member.name)] + $0 } }
    }
    for (i, item) in (array ?? []).enumerated() {
      paths.append([.index(i)])
      paths += item.paths(except: opaque).map { [.index(i)] + $0 }
    }
    return paths
  }

  func at(_ path: ArraySlice<JSONStep>) -> JSON? {
    switch path.first {
    case nil: self
    case .key(let key)?: object?[key]?.at(path.dropFirst())
    case .index(let index)?: array?[index].at(path.dropFirst())
    }
  }

  /// The same value with another value at a path. Nil removes the key.
  func replacing(_ path: ArraySlice<JSONStep>, _ value: JSON?) -> JSON {
    guard let step = path.first else { return value ?? .null }
    let rest = path.dropFirst()
    switch step {
    case .key(let key):
      var copy = object ?? JSONObject()
      copy[key] = rest.isEmpty ? value : copy[key]?.replacing(rest, value)
      return .object(copy)
    case .index(let index):
      var copy = array ?? []
      copy[index] = copy[index].replacing(rest, value)
      return .array(copy)
    }
  }
}

extension [JSONStep] {
  var text: String { map(\.text).joined(separator: "/") }
}

/// The replacement of a value.
let strangeValues: [JSON] = [
  "text", "", "-", "a b", "[x]", "end\\", "ipv6", "0.4.0", "UDP", "192.0.2.1", "10.9.0.0/24", "/srv/x", "bridge",
  "02-00-00-00-00-01",
  5, 0, -1, 300, 80000, 4_294_967_296, .number("1.5"), true, false, .null,
  [], ["a"], [5], [["a"]], [["subnet": 5]], .object(JSONObject()), ["a": "b"], ["exists": false], ["type": "x"],
  .string(String(repeating: "n", count: 600)),
]
