import CNI
import Diagnostics
import Foundation
import NetworkTypes
import TestSupport
import Testing

@testable import Policy

let examples = Golden.root.deletingLastPathComponent().deletingLastPathComponent().appending(path: "examples")

func policy(_ text: String) throws -> Policy {
  var findings = Findings()
  guard let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], &findings) else {
    throw PolicyError(findings: findings)
  }
  return policy
}

@Suite struct ExampleTests {
  @Test func demo() throws {
    let policy = try Policy.load(examples.appending(path: "three-networks.yaml").path)
    #expect(policy.networks.map(\.name.text) == ["pods", "storage", "fabric"])
    let eth0 = try InterfaceName("eth0")
    let database = try policy.select(Pod(namespace: "db-eu", name: "postgres-0"), interface: eth0)
    #expect(database.rule.name == "databases")
    #expect(database.attachments.map(\.interface.text) == ["eth0", "net1", "net2"])
    #expect(database.attachments.map(\.network.name.text) == ["pods", "storage", "fabric"])
    #expect(database.attachments.map { $0.ownsDefaultRoute(.ipv6) } == [true, false, false])
    let other = try policy.select(Pod(namespace: "web", name: "a"), interface: eth0)
    #expect(other.rule.name == "everyone")
    #expect(other.attachments.map(\.network.name.text) == ["pods"])
    #expect(
      policy.rules[0].match.mismatches(Pod(namespace: "web")).map(\.description) == [#"namespace "web" is not "db" or "db-*""#])
  }
}
