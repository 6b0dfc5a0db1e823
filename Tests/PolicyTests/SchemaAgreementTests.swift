import Diagnostics
import Foundation
import JSON
import TestSupport
import Testing
import YAML

@testable import Policy

/// The schema and the decoder must give the same verdict on everything that a schema can say.
///
/// The documents are a good one with every key, and all that come of it by replacing, removing or adding one value. An
/// independent validator (check-jsonschema of PyPI) judges them by the committed schema.
@Suite(.needs(program: "check-jsonschema")) struct SchemaAgreementTests {
  @Test func verdictsAgree() throws {
    let documents = Self.documents()
    #expect(documents.count >= 600)
    try withTemporaryDirectory { directory in
      var files: [String] = []
      for (i, document) in documents.enumerated() {
        files.append(try directory.write("\(i).json", document.json.text()))
      }
      let schema = SchemaTests.project.appending(path: "schemas/policy.v1.schema.json").path
      var command = Command(["check-jsonschema", "-o", "json", "--schemafile", schema] + files)
      command.seconds = 240
      let refused = try Self.refused(command.run().stdout)
      var good = 0
      for (i, document) in documents.enumerated() {
        let findings = Self.findings(document.json)
        if findings.isEmpty { good += 1 }
        #expect(findings.isEmpty == !refused.contains(files[i]), "\(document.what): \(findings)")
      }
      #expect(good >= 50 && refused.count >= 300, "\(good) good, \(refused.count) refused")
    }
  }

  /// The files that the validator's report names.
  private static func refused(_ report: String) throws -> Set<String> {
    let errors = try #require(JSON(parsing: report).object?["errors"]?.array)
    return Set(errors.compactMap { $0.object?["filename"]?.string })
  }

  /// What the decoder says of the shape.
  private static func findings(_ json: JSON) -> [String] {
    var findings = Findings()
    let file = SourceFile(path: "policy.json", text: json.text())
    guard let document = YAMLDocument.single(file, &findings) else { return findings.items.map(\.message) }
    var checker = ShapeChecker(file)
    checker.check(document.root, .object(PolicyTable.policy), what: "a policy")
    return (findings.items + checker.findings.items).map(\.message)
  }

  // MARK: - The documents

  private struct Document {
    let what: String
    let json: JSON
  }

  private static let good: JSON = [
    "apiVersion": "braid/v1", "kind": "Policy",
    "networks": [
      "pods": [
        "chain": [["type": "bridge", "mtu": 1500, "ipam": ["type": "host-local"]]], "cniVersion": "1.0.0", "disableCheck": true,
        "disableGC": false,
      ]
    ],
    "rules": [
      [
        "name": "all",
        "match": [
          "namespaces": ["db", "db-*"], "pods": ["p?"],
          "annotations": ["a/b": "x*", "c": ["exists": true], "d": ["equals": "*"]],
          "labels": ["l": ""], "arguments": ["JOB": "1"], "not": [["namespaces": ["x"]], ["pods": ["y"]]],
        ],
        "attach": [
          ["network": "pods", "defaultRoute": "ipv4"],
          [
            "network": "pods", "interface": "net1", "defaultRoute": false, "ips": ["10.1.2.3", "fd00::1/64"],
            "mac": "02:00:00:00:00:01",
            "mtu": 9000, "portMappings": [["hostPort": 80, "containerPort": 8080, "protocol": "Tcp", "hostIP": "::"]],
            "bandwidth": ["ingressRate": 1, "ingressBurst": 2, "egressRate": 3, "egressBurst": 4], "args": ["k": [1]],
            "inResult": false,
          ],
        ],
      ],
      ["name": "rest", "match": ["not": ["namespaces": ["x"]]], "attach": [["network": "pods"]]],
    ],
    "requests": [["namespaces": ["*"], "networks": ["pods"]]],
  ]

  /// What is put in the place of each value.
  private static let values: [JSON] = [
    "text", "", "-", "a b", "[x]", "end\\", "ipv6", "0.4.0", "UDP", "192.0.2.1", "02-00-00-00-00-01", 5, 0, -1, 80000,
    .number("1.5"), true, .null,
    [], ["a"], [5], .object(JSONObject()), ["a": "b"], ["exists": false], ["type": "x"],
    .string(String(repeating: "n", count: 600)),
  ]

  private static func documents() -> [Document] {
    var all = [Document(what: "the good one", json: good)]
    for path in paths(good) {
      let place = path.map(\.text).joined(separator: "/")
      for value in values {
        all.append(Document(what: "\(place) = \(value.text().prefix(30))", json: good.replacing(path[...], value)))
      }
      if case .key? = path.last { all.append(Document(what: "without \(place)", json: good.replacing(path[...], nil))) }
    }
    for path in paths(good) + [[]] {
      let place = path.map(\.text).joined(separator: "/")
      if good.at(path[...])?.object != nil {
        all.append(Document(what: "\(place) with another key", json: good.replacing((path + [.key("extra")])[...], "x")))
      }
    }
    return all
  }

  fileprivate enum Step {
    case key(String)
    case index(Int)

    var text: String {
      switch self {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }
  }

  /// The paths of all values; what is in a plugin's configuration and in `args` is free.
  private static func paths(_ json: JSON) -> [[Step]] {
    var paths: [[Step]] = []
    for member in json.object?.members ?? [] {
      paths.append([.key(member.name)])
      if !["ipam", "args"].contains(member.name) { paths += Self.paths(member.value).map { [.key(member.name)] + $0 } }
    }
    for (i, item) in (json.array ?? []).enumerated() {
      paths.append([.index(i)])
      paths += Self.paths(item).map { [.index(i)] + $0 }
    }
    return paths
  }
}

extension JSON {
  fileprivate typealias Step = SchemaAgreementTests.Step

  fileprivate func at(_ path: ArraySlice<Step>) -> JSON? {
    switch path.first {
    case nil: self
    case .key(let key)?: object?[key]?.at(path.dropFirst())
    case .index(let index)?: array?[index].at(path.dropFirst())
    }
  }

  /// The same value with another one at a path; nil removes a key.
  fileprivate func replacing(_ path: ArraySlice<Step>, _ value: JSON?) -> JSON {
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
