import Foundation
import TestSupport
import Testing

@testable import Commands

/// A runtime's list must declare the capabilities that its policy needs.
@Suite struct RuntimeCapabilityTests {
  private let scratch: TemporaryDirectory
  private let policy: String

  init() throws {
    scratch = try TemporaryDirectory()
    policy = try scratch.write(
      "policy.yaml",
      """
      apiVersion: braid/v1
      kind: Policy
      networks: {pods: {chain: [{type: bridge}, {type: portmap}]}}
      rules: [{name: r, attach: [{network: pods}]}]
      requests: [{namespaces: ["*"], networks: [pods]}]
      """)
  }

  private func codes(_ capabilities: String, beside others: [String]) throws -> [String] {
    let list = try scratch.write(
      "10-braid.conflist",
      #"{"cniVersion": "1.0.0", "name": "braid", "plugins": [{"type": "braid", "policy": "/etc/braid/policy.yaml"\#(capabilities)}]}"#
    )
    let entry = try #require(Validation.run(others + [list]).last)
    return entry.findings.map { "\($0.severity.rawValue) \($0.code.rawValue)" }
  }

  @Test func eachMissingOneIsFound() throws {
    #expect(try codes("", beside: [policy]) == ["error BRD0337", "warning BRD0337"])
    #expect(
      try codes(#","capabilities": {"io.kubernetes.cri.pod-annotations": true}"#, beside: [policy]) == ["warning BRD0337"])
    let both = #","capabilities": {"io.kubernetes.cri.pod-annotations": true, "portMappings": true}"#
    #expect(try codes(both, beside: [policy]) == [])
  }

  @Test func aListAloneIsComparedWithNothing() throws { #expect(try codes("", beside: []) == []) }

  @Test func ofSeveralPoliciesTheOneOfTheListsNameCounts() throws {
    let other = try scratch.write(
      "other.yaml",
      "apiVersion: braid/v1\nkind: Policy\nnetworks: {n: {chain: [{type: bridge}]}}\nrules: [{name: r, attach: [{network: n}]}]\n"
    )
    #expect(try codes("", beside: [other]) == [])
    #expect(try codes("", beside: [other, policy]) == ["error BRD0337", "warning BRD0337"])
  }
}
