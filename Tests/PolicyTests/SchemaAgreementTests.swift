import Diagnostics
import Foundation
import JSON
import PluginModel
import Testing
import TestSupport
import YAML

@testable import Policy

/// The schema and the decoder must agree about everything that a schema can express.
///
/// The documents are good ones with every key, including those of the plugins, and all variants of them in which one value is replaced,
/// removed, renamed or added. An independent validator (check-jsonschema of PyPI) checks them against the committed schema.
@Suite(.needs(program: "check-jsonschema")) struct SchemaAgreementTests {
  /// In several parts, because the validator uses only one core.
  @Test(arguments: 0..<2) func verdictsAgree(_ part: Int) throws {
    let all = try Self.documents()
    #expect(all.count >= 5000, "\(all.count)")
    let documents = all.indices.filter { $0 % 2 == part }.map { all[$0] }
    try withTemporaryDirectory { directory in
      var files: [String] = []
      for (i, document) in documents.enumerated() {
        files.append(try directory.write("\(i).json", document.json.text()))
      }
      let schema = SchemaTests.project.appending(path: "schemas/policy.v1.schema.json").path
      var command = Command(["check-jsonschema", "-o", "json", "--schemafile", schema] + files)
      command.seconds = 400
      let refused = try Self.refused(command.run().stdout)
      var good = 0
      for (i, document) in documents.enumerated() {
        let findings = Self.findings(document.json)
        if findings.isEmpty { good += 1 }
        #expect(findings.isEmpty == !refused.contains(files[i]), "\(document.what): \(findings)")
      }
      #expect(good >= 500 && refused.count >= 1500, "\(good) good, \(refused.count) refused")
    }
  }

  /// Good policies as people write them: the examples, and the good cases of the findings.
  @Test func goodPolicies() throws {
    let examples = SchemaTests.project.appending(path: "examples")
    let findings = FindingsTests.cases.filter { $0.contains(".ok") }.map { FindingsTests.directory.appending(path: $0) }
    let files = try (ReferenceTests.examples.map { examples.appending(path: $0) } + findings).flatMap { url in
      try url.pathExtension == "yaml" ? [url] : Self.yaml(in: url)
    }
    #expect(files.count >= 70, "\(files.count)")
    let schema = SchemaTests.project.appending(path: "schemas/policy.v1.schema.json").path
    let output = try Command(["check-jsonschema", "--schemafile", schema] + files.map(\.path)).run()
    #expect(output.succeeded, "\(output)")
  }

  private static func yaml(in directory: URL) throws -> [URL] {
    guard directory.pathExtension != "md" else { return [] }
    return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }
  }

  /// The files that the validator refuses.
  private static func refused(_ report: String) throws -> Set<String> {
    let errors = try #require(JSON(parsing: report).object?["errors"]?.array)
    return Set(errors.compactMap { $0.object?["filename"]?.string })
  }

  /// The errors of the decoder and of the plugins' tables of keys about the shape of a document.
  private static func findings(_ json: JSON) -> [String] {
    var findings = Findings()
    let file = SourceFile(path: "policy.json", text: json.text())
    guard let document = YAMLDocument.single(file, &findings) else { return findings.items.map(\.message) }
    var decoder = PolicyDecoder()
    decoder.add(document)
    var lint = PolicyLint(decoder.draft, [:])
    for network in decoder.draft.networks { lint.checkPlugins(of: network) }
    return (findings.items + decoder.findings.items + lint.findings.items).filter { $0.severity == .error }.map(\.message)
      // The schema does not express which keys exclude or need each other.
      .filter { message in
        ![
          "exclude each other", "has no meaning with", "maxID needs minID", "minID needs maxID", "Rate needs ", "Burst needs ",
        ].contains { message.contains($0) }
      }
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

  /// A good document, and the paths in it that are not changed.
  private struct Base {
    let name: String
    let json: JSON
    let except: [String]
    /// Whether an external plugin reads it, so hardly anything in it is an error.
    var isExternal = false
  }

  /// One document with every key of the policy, and one for each plugin with all its keys. A key that several documents have is changed in
  /// only one of them.
  private static func bases() throws -> [Base] {
    let common = ["rules", "dns", "args"]
    let plugins = try Plugin.chain.filter { $0.shape != nil && $0.type != "macvlan" }.map { plugin in
      Base(
        name: plugin.type, json: PluginDocuments.policy(try PluginDocuments.whole(plugin.type)),
        except: plugin.type == "bridge" ? ["rules"] : common + ["ipam"], isExternal: !plugin.isBuiltIn)
    }
    // Below a program of its own, below one that is not known, and one that is not built in.
    let others: [JSON] = [
      ["type": "mine", "mtu": "x", "ipam": try PluginDocuments.ipam("host-local")],
      ["type": "vlan", "master": "eth1", "vlanId": 7, "ipam": try PluginDocuments.ipam("static")],
      ["type": "bridge", "ipam": try PluginDocuments.ipam("dhcp")],
    ]
    return [
      Base(name: "policy", json: good, except: ["ipam", "args"]),
      Base(name: "macvlan", json: PluginDocuments.policy(try PluginDocuments.whole("macvlan", ipam: "static")), except: common),
    ] + plugins + others.map { Base(name: "ipam", json: PluginDocuments.policy($0), except: common, isExternal: true) }
  }

  private static func documents() throws -> [Document] {
    try bases().flatMap { base in
      var all = [Document(what: base.name, json: base.json)]
      for path in base.json.paths(except: base.except) {
        // The first document has all of the policy's own keys.
        guard base.name == "policy" || path.count > 3 else { continue }
        all += changes(of: base, at: path)
      }
      for path in base.json.paths(except: base.except) + [[]] where base.json.at(path[...])?.object != nil {
        let changed = base.json.replacing((path + [.key("extra")])[...], "x")
        all.append(Document(what: "\(base.name): \(path.text) with another key", json: changed))
      }
      return all
    }
  }

  private static func changes(of base: Base, at path: [JSONStep]) -> [Document] {
    let place = "\(base.name): \(path.text)"
    // If the value does not matter, one value of each kind is enough.
    let values = base.isExternal ? ["text", 5, true, .null, ["a"], ["a": "b"]] : strangeValues
    var all = values.map { Document(what: "\(place) = \($0.text().prefix(30))", json: base.json.replacing(path[...], $0)) }
    guard case .key(let key)? = path.last else { return all }
    let without = base.json.replacing(path[...], nil)
    all.append(Document(what: "\(place) removed", json: without))
    if base.name == "policy" || base.isExternal { return all }
    for value in [base.json.at(path[...]), 5, "text", .null].compactMap({ $0 }) {
      let folded = without.replacing((path.dropLast() + [.key(key.uppercased())])[...], value)
      all.append(Document(what: "\(place) in capitals = \(value.text().prefix(30))", json: folded))
    }
    return all
  }
}
