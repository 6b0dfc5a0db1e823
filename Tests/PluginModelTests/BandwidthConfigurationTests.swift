import CNI
import JSON
import NetworkTypes
import PluginModel
import Testing

/// The configuration of `bandwidth`: which limits apply, and what is refused.
@Suite struct BandwidthConfigurationTests {
  private func read(_ text: String) throws -> BandwidthConfiguration {
    var members: JSONObject = ["name": "net", "cniVersion": "1.0.0", "type": "bandwidth"]
    members.members += try #require(JSON(parsing: text).object).members
    return try BandwidthConfiguration(PluginConfiguration(members))
  }

  private func limits(_ text: String) throws -> [UInt64] {
    let read = try read(text)
    return [read.ingress?.rate ?? 0, read.ingress?.burst ?? 0, read.egress?.rate ?? 0, read.egress?.burst ?? 0]
  }

  @Test(
    arguments: [
      (#"{}"#, [0, 0, 0, 0]), (#"{"ingressRate": 0, "ingressBurst": 0}"#, [0, 0, 0, 0]),
      (#"{"ingressRate": 8, "ingressBurst": 9}"#, [8, 9, 0, 0]), (#"{"egressRate": 8, "egressBurst": 9}"#, [0, 0, 8, 9]),
      (
        #"{"runtimeConfig": {"bandwidth": {"ingressRate": 1, "ingressBurst": 2, "egressRate": 3, "egressBurst": 4}}}"#,
        [1, 2, 3, 4]
      ),
      // containerd writes the names in capitals.
      (
        #"{"runtimeConfig": {"BandWidth": {"IngressRate": 1, "IngressBurst": 2, "EgressRate": 0, "EgressBurst": 0}}}"#,
        [1, 2, 0, 0]
      ),
      // Any of the configuration's own keys is enough, even with the value 0.
      (#"{"egressRate": 0, "runtimeConfig": {"bandwidth": {"ingressRate": 1, "ingressBurst": 2}}}"#, [0, 0, 0, 0]),
      (
        #"{"egressRate": 5, "egressBurst": 6, "runtimeConfig": {"bandwidth": {"ingressRate": 1, "ingressBurst": 2}}}"#,
        [0, 0, 5, 6]
      ),
      // What does not count is not looked at either.
      (#"{"egressRate": 5, "egressBurst": 6, "runtimeConfig": {"bandwidth": {"ingressRate": 1}}}"#, [0, 0, 5, 6]),
      (#"{"egressRate": null, "runtimeConfig": {"bandwidth": {"ingressRate": 1, "ingressBurst": 2}}}"#, [1, 2, 0, 0]),
      (#"{"ingressRate": 18446744073709551615, "ingressBurst": 34359738359}"#, [.max, 34_359_738_359, 0, 0]),
    ] as [(String, [UInt64])])
  func limitsThatApply(_ text: String, _ expected: [UInt64]) throws { #expect(try limits(text) == expected) }

  @Test(
    arguments: [
      (#"{"ingressRate": 1}"#, "ingressRate", "if rate is set, burst must also be set"),
      (#"{"ingressBurst": 1}"#, "ingressBurst", "if burst is set, rate must also be set"),
      (#"{"egressRate": 1, "egressBurst": 0}"#, "egressRate", "if rate is set, burst must also be set"),
      (#"{"egressBurst": 1}"#, "egressBurst", "if burst is set, rate must also be set"),
      (#"{"ingressRate": 1, "ingressBurst": 34359738360}"#, "ingressBurst", "burst cannot be more than 4GB"),
      // Ingress is looked at first.
      (#"{"ingressBurst": 1, "egressRate": 1}"#, "ingressBurst", "if burst is set, rate must also be set"),
      (
        #"{"runtimeConfig": {"bandwidth": {"ingressRate": 1}}}"#, "runtimeConfig.bandwidth.ingressRate",
        "if rate is set, burst must also be set"
      ),
      (
        #"{"shapedSubnets": ["10.0.0.0/8"], "unshapedSubnets": ["fd00::/8"]}"#, "unshapedSubnets",
        "shapedSubnets and unshapedSubnets exclude each other"
      ),
    ])
  func refusals(_ text: String, _ path: String, _ reason: String) {
    #expect(throws: ConfigurationError.self) { try read(text) }
    do { _ = try read(text) } catch {
      guard case ConfigurationError.invalid(let key, let words) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(key.description == path && words == reason)
    }
  }

  @Test(
    arguments: [
      #"{"ingressRate": -1, "ingressBurst": 1}"#, #"{"ingressRate": 1.5, "ingressBurst": 1}"#,
      #"{"ingressRate": "1", "ingressBurst": 1}"#, #"{"ingressRate": 18446744073709551616, "ingressBurst": 1}"#,
      #"{"runtimeConfig": {"bandwidth": []}}"#, #"{"shapedSubnets": ["10.0.0.0"]}"#, #"{"shapedSubnets": "10.0.0.0/8"}"#,
    ])
  func wrongTypes(_ text: String) { #expect(throws: ConfigurationError.self) { try read(text) } }

  @Test func subnets() throws {
    #expect(try read(#"{"shapedSubnets": [], "unshapedSubnets": []}"#).scope == .everything)
    let networks = [try CIDR("10.0.0.0/8"), try CIDR("fd00::/8")]
    let list = #"["10.1.2.3/8", "fd00::1/8", "10.0.0.0/8"]"#
    #expect(try read(#"{"shapedSubnets": \#(list)}"#).scope == .only(networks))
    #expect(try read(#"{"unshapedSubnets": \#(list), "shapedSubnets": []}"#).scope == .except(networks))
  }

  @Test func burstsThatNobodyHasNamed() throws {
    func isNamed(_ burst: UInt64) throws -> Bool? {
      try read(#"{"ingressRate": 9, "ingressBurst": \#(burst)}"#).ingress?.hasNamedBurst
    }
    for burst in [2_147_483_647, 4_294_967_295, 34_359_738_359] as [UInt64] { #expect(try isNamed(burst) == false) }
    for burst in [1, 2_147_483_646, 2_147_483_648, 4_294_967_294, 34_359_738_358] as [UInt64] {
      #expect(try isNamed(burst) == true)
    }
  }

  /// Where the node has no end of the interface, limits are refused while the ADD is planned.
  @Test func interfacesWithoutAnEndOnTheNode() throws {
    let limited = try read(#"{"runtimeConfig": {"bandwidth": {"egressRate": 8, "egressBurst": 8}}}"#)
    for maker in ["bridge", "ptp", "somebody's", "host-device"] { try limited.review(.init(maker: maker)) }
    try limited.review(.init())
    for maker in ["macvlan", "ipvlan", "vlan", "dummy", "tap", "loopback"] {
      try read("{}").review(.init(maker: maker))
      #expect(throws: PluginConfigurationError.attachment(.noNodeEnd(maker, .init("runtimeConfig", "bandwidth", "egressRate")))) {
        try limited.review(.init(maker: maker))
      }
    }
  }
}
