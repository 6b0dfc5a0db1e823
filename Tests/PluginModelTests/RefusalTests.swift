import CNI
import JSON
import NetworkTypes
import PluginModel
import Testing

/// The refusals of plugins: code, text as in the reference plugins, and key.
@Suite struct RefusalTests {
  private static let subnet = try! CIDR("10.0.0.0/24")
  private static let address = try! IPAddress("10.0.0.9")

  @Test(
    arguments: [
      (.configuration(.missing(.init("ipam"))), 7, "IPAM config missing 'ipam' key", "ipam"),
      (.configuration(.invalid(.init("vlan"), reason: "no")), 7, "vlan: no", "vlan"),
      (.configuration(.unsupported(.init("ipMasq"), reason: "not built")), 2, "ipMasq: not built", "ipMasq"),
      (
        .protocol(.configuration(.invalid(.init("name"), reason: "no"))), 6, "error unmarshall network config: name: no", "name"
      ),
      (.protocol(.incompatibleVersion("9")), 1, "incompatible CNI versions", ""),
      (.result(.unknownVersion("9")), 1, "unsupported CNI result version \"9\"", ""),
      (.rangeSet(1, .empty), 7, "invalid range set 1: empty range set", "ipam.ranges[1]"),
      (.rangeSet(0, .noSubnet), 7, "invalid range set 0: a range needs a subnet", "ipam.ranges[0]"),
      (
        .rangeSet(0, .tooSmall(subnet)), 7, "invalid range set 0: Network 10.0.0.0/24 too small to allocate from",
        "ipam.ranges[0]"
      ),
      (
        .rangeSet(0, .startOutside(address, subnet)), 7, "invalid range set 0: RangeStart 10.0.0.9 not in network 10.0.0.0/24",
        "ipam.ranges[0]"
      ),
      (.overlap(0, 2), 7, "range set 0 overlaps with 2", "ipam.ranges[2]"), (.noRanges, 7, "no IP ranges specified", "ipam"),
      (.severalAddresses(.v020), 1, "CNI version 0.2.0 does not support more than 1 address per family", ""),
      (.staticArgument(reason: "no"), 4, "no", ""),
      (
        .attachment(.gatewayRequested(address, set: 1, .init("runtimeConfig", "ips"))), 4,
        "failed to allocate for range 1: requested ip 10.0.0.9 is subnet's gateway", "runtimeConfig.ips"
      ),
      (
        .attachment(.outsideRanges([address], .init("args", "cni", "ips"))), 4,
        "failed to allocate all requested IPs: no range has 10.0.0.9", "args.cni.ips"
      ),
      (
        .attachment(.noAddress(ipam: "static")), 7,
        "IPAM plugin returned missing IP config: static has no address to give, and nobody asks for one", "ipam"
      ),
    ] as [(PluginConfigurationError, Int, String, String)])
  func errorObjects(_ error: PluginConfigurationError, _ code: Int, _ text: String, _ path: String) {
    let object = ErrorObject(error)
    #expect(object.code == code && object.msg == text && error.path.description == path, "\(object)")
  }

  private func refusal(_ type: String, _ ipam: JSON, _ more: JSONObject = [:], version: String = "1.0.0") throws
    -> PluginConfigurationError?
  {
    let members: JSONObject = ["name": "net", "cniVersion": .string(version), "type": .string(type), "ipam": ipam]
    let configuration = try PluginConfiguration(JSONObject(members.members + more.members))
    let validate = try #require(Plugin.named(type)?.validate)
    do throws(PluginConfigurationError) {
      try validate(configuration)
      return nil
    } catch { return error }
  }

  /// Keys of an IPAM plugin that is not named are no layer 2 network.
  @Test(arguments: ["bridge", "macvlan", "ptp"]) func ipamWithoutType(_ type: String) throws {
    func text(_ ipam: JSON) throws -> String? { try refusal(type, ipam).map { ErrorObject($0).text } }
    for ipam in [["subnet": "10.0.0.0/24"], ["type": "", "subnet": "10.0.0.0/24"], ["type": .null, "name": "x"]] as [JSON] {
      let object = try #require(try refusal(type, ipam).map { ErrorObject($0) })
      #expect(object.code == 7 && object.text.contains("ipam has keys but no \"type\""), "\(object)")
    }
    #expect(
      try text(["typ": "host-local", "subnet": "10.0.0.0/24"])?.contains(#"did you mean "type" instead of "typ"?"#) == true)
    #expect(try text(["TYPE": "host-local", "subnet": "10.0.0.0/24"]) == nil)
    guard type != "ptp" else { return }
    for ipam in [[:], .null, ["type": ""], ["type": .null]] as [JSON] { #expect(try text(ipam) == nil) }
  }

  private let subnetOf10: JSON = [["subnet": "10.0.0.0/24"]]

  /// If a plugin is asked, its IPAM plugin checks its own keys too.
  @Test(arguments: ["bridge", "macvlan", "host-local"]) func ranges(_ type: String) throws {
    func found(_ ipam: JSONObject, version: String = "1.0.0") throws -> PluginConfigurationError? {
      try refusal(type, .object(JSONObject([.init("type", "host-local")] + ipam.members)), version: version)
    }
    #expect(try found(["ranges": [subnetOf10]]) == nil && found(["subnet": "10.0.0.0/24"]) == nil)
    #expect(try found([:]) == .noRanges && found(["rangeStart": "10.0.0.7"]) == .noRanges)
    #expect(try found(["ranges": [[]]]) == .rangeSet(0, .empty) && found(["subnet": ""]) == .rangeSet(0, .noSubnet))
    #expect(try found(["subnet": "10.0.0.0/24", "ranges": [[["rangeStart": "10.0.0.9"]]]]) == .rangeSet(1, .noSubnet))
    #expect(try found(["subnet": "10.0.0.0/16", "ranges": [subnetOf10]]) == .overlap(0, 1))
    #expect(try found(["subnet": "10.0.0.9/24"]) == .rangeSet(0, .hostBits(CIDR("10.0.0.9/24"))))
    #expect(
      try found(["ranges": [[["subnet": "10.0.0.0/24"]], [["subnet": "10.1.0.0/24"]]]], version: "0.2.0")
        == .severalAddresses(.v020))
    #expect(try found(["ranges": [["x"]]])?.path.description == "ipam.ranges[0][0]")
    #expect(try found(["ranges": [subnetOf10], "routes": [["dst": "x"]]])?.path.description == "ipam.routes[0].dst")
  }

  @Test func theRuntimeIsHeldToTheSame() throws {
    let ipam: JSON = ["type": "host-local", "ranges": [subnetOf10]]
    #expect(try refusal("host-local", ipam, ["runtimeConfig": ["ipRanges": [subnetOf10]]]) == .overlap(0, 1))
    #expect(
      try refusal("host-local", ipam, ["runtimeConfig": ["ips": ["10.0.0.9", "x"]]])
        == .configuration(.invalid(.init("runtimeConfig", "ips").appending(1), reason: "invalid IP address x")))
    // Ranges come from `runtimeConfig` only. In `args` they are ignored.
    #expect(try refusal("host-local", ipam, ["args": ["cni": ["ipRanges": 5, "ips": ["10.0.0.9/8"]]]]) == nil)
    #expect(
      try refusal("static", ["type": "static"], ["args": ["cni": ["ips": ["10.0.0.9"]]]])
        == .configuration(
          .invalid(
            .init("args", "cni", "ips").appending(0),
            reason: "an entry in the 'ips' field is NOT in CIDR notation, got: '10.0.0.9'")))
  }

  @Test(arguments: ["x", ""]) func staticAddresses(_ text: String) throws {
    let reason = "the 'address' field is expected to be in CIDR notation, got: '\(text)'"
    let entries: [JSON] = text.isEmpty ? [["address": ""], ["gateway": "10.0.0.1"]] : [["address": .string(text)]]
    for entry in entries {
      #expect(
        try refusal("static", ["type": "static", "addresses": [entry]])
          == .configuration(.invalid(.init("ipam", "addresses").appending(0).appending("address"), reason: reason)))
    }
  }

  @Test func withoutIPAM() throws {
    for type in ["host-local", "static"] {
      #expect(try refusal(type, .null) == .configuration(.missing(.init("ipam"))))
    }
    #expect(try refusal("bridge", ["type": "macvlan"])?.path.description == "ipam.type")
    #expect(try refusal("loopback", ["type": 5]) == nil)
    #expect(try refusal("loopback", .null, ["prevResult": 5]) != nil)
  }
}
