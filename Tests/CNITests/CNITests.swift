import CNI
import JSON
import NetworkTypes
import Testing

private func object(_ text: String) throws -> JSONObject { try #require(JSON(parsing: text).object) }

@Suite struct ResultTests {
  static let full = """
    {"cniVersion":"1.1.0","interfaces":[{"name":"br0","mac":"02:00:00:00:00:01"},{"name":"eth0","mac":"02:00:00:00:00:02","mtu":1400,\
    "sandbox":"/run/netns/x","socketPath":"/s","pciID":"0000:00:01.0"}],"ips":[{"interface":1,"address":"10.0.0.2/24","gateway":"10.0.0.1"},\
    {"interface":1,"address":"fd00::2/64"}],"routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":1300,"advmss":1260,"priority":5,"table":7,\
    "scope":0},{"dst":"fd01::/64"}],"dns":{"nameservers":["10.0.0.9"],"domain":"d","search":["s"],"options":["o"]}}
    """

  @Test func theNewestVersionLosesNothing() throws {
    let result = try CNIResult(object(Self.full), fallback: .v010)
    #expect(try result.json(.v110).text() == Self.full)
  }

  @Test func olderVersionsHaveTheirOwnKeys() throws {
    let result = try CNIResult(object(Self.full), fallback: .v010)
    let v100 = try result.json(.v100).text()
    #expect(!v100.contains("1400") && !v100.contains("\"version\"") && v100.contains(#""cniVersion":"1.0.0""#))
    for version in [SpecVersion.v030, .v031, .v040, .v100] {
      let text = try result.json(version).text()
      // The reference library writes them too.
      #expect(text.contains(#""mtu":1300,"advmss":1260,"priority":5,"table":7,"scope":0}"#))
      #expect(try CNIResult(object(text), fallback: .v110).routes == result.routes)
      guard version < .v100 else { continue }
      #expect(text.contains(#"{"version":"4","interface":1,"address":"10.0.0.2/24","gateway":"10.0.0.1"}"#))
      #expect(text.contains(#"{"version":"6","interface":1,"address":"fd00::2/64"}"#))
    }
  }

  @Test(arguments: [SpecVersion.v010, .v020])
  func theOldestVersionsHaveOneAddressAFamily(_ version: SpecVersion) throws {
    let text = try CNIResult(object(Self.full), fallback: .v010).json(version).text()
    #expect(
      text == """
        {"cniVersion":"\(version)","ip4":{"ip":"10.0.0.2/24","gateway":"10.0.0.1","routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1"}]},\
        "ip6":{"ip":"fd00::2/64","routes":[{"dst":"fd01::/64"}]},"dns":{"nameservers":["10.0.0.9"],"domain":"d","search":["s"],"options":["o"]}}
        """)
    let back = try CNIResult(object(text), fallback: .v110)
    #expect(back.ips.map(\.address.description) == ["10.0.0.2/24", "fd00::2/64"] && back.ips.allSatisfy { $0.interface == nil })
    #expect(back.routes.map(\.dst.description) == ["0.0.0.0/0", "fd01::/64"])
    #expect(throws: ResultError.noAddress) { try CNIResult().json(version) }
  }

  /// A plugin that passes on the result in the form of its version loses nothing of it.
  @Test(arguments: SpecVersion.allCases) func whatAFormLosesIsRestored(_ version: SpecVersion) throws {
    var whole = try CNIResult(object(Self.full), fallback: .v010)
    whole.ips.append(.init(interface: 1, address: try CIDR("10.9.0.2/24")))
    whole.routes.append(.init(dst: try CIDR("0.0.0.0/0"), gw: try IPAddress("10.0.0.1"), table: 8))
    let form = try whole.json(version).text()
    // An old library drops what it does not know.
    let old = form.replacing(/,"(mtu|advmss|priority|table|scope)":\d+/) { _ in "" }
    for text in [form, old] {
      let back = try CNIResult(object(text), fallback: .v110).restoring(whole, lostIn: version)
      #expect(back.interfaces == whole.interfaces && Set(back.ips) == Set(whole.ips) && Set(back.routes) == Set(whole.routes))
      #expect(back.dns == whole.dns && back.ips.first == whole.ips.first)
    }
  }

  @Test(arguments: SpecVersion.allCases) func whatAPluginChangesIsKept(_ version: SpecVersion) throws {
    let before = CNIResult(
      interfaces: [.init(name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/x")],
      ips: [.init(interface: 0, address: try CIDR("10.0.0.2/24")), .init(interface: 0, address: try CIDR("fd00::2/64"))],
      routes: [.init(dst: try CIDR("10.1.0.0/16"), mtu: 1400), .init(dst: try CIDR("10.2.0.0/16"), mtu: 1400)])
    var after = before
    after.ips = [.init(interface: 0, address: try CIDR("10.0.0.3/24"), gateway: try IPAddress("10.0.0.1"))]
    after.routes = [.init(dst: try CIDR("10.2.0.0/16")), .init(dst: try CIDR("10.3.0.0/16"))]
    if version.hasInterfaces { after.interfaces[0].mac = "02:00:00:00:00:03" }
    let back = try CNIResult(object(after.json(version).text()), fallback: .v110).restoring(before, lostIn: version)
    #expect(back.interfaces == after.interfaces && back.ips == after.ips)
    #expect(back.routes == [.init(dst: try CIDR("10.2.0.0/16"), mtu: 1400), .init(dst: try CIDR("10.3.0.0/16"))])
  }

  @Test func emptyDNSIsWrittenUpToVersion040Only() throws {
    #expect(try CNIResult().json(.v040).text() == #"{"cniVersion":"0.4.0","dns":{}}"#)
    #expect(try CNIResult().json(.v100).text() == #"{"cniVersion":"1.0.0"}"#)
  }

  @Test func nullAndUnknownKeysAreTolerated() throws {
    let result = try CNIResult(object(#"{"interfaces":null,"ips":null,"routes":null,"dns":{},"x":1}"#), fallback: .v100)
    #expect(result == CNIResult())
  }

  @Test(arguments: [
    (#"{"ips":[{"address":"10.0.0.1"}]}"#, "ips[0].address"), (#"{"ips":[{}]}"#, "ips[0].address"), (#"{"ips":{}}"#, "ips"),
    (#"{"interfaces":[{"name":1}]}"#, "interfaces[0].name"), (#"{"routes":[{"dst":"x"}]}"#, "routes[0].dst"),
    (#"{"ips":[{"address":"10.0.0.1/8","interface":"0"}]}"#, "ips[0].interface"), (#"{"dns":{"search":"x"}}"#, "dns.search"),
  ])
  func mistakesNameTheKey(_ text: String, _ path: String) throws {
    let object = try object(text)
    let error = try #require(throws: ResultError.self) { try CNIResult(object, fallback: .v100) }
    guard case .malformed(let cause) = error else { return #expect(Bool(false), "\(error)") }
    #expect(cause.path.description == path)
  }

  @Test func anUnknownVersionIsNamed() throws {
    let object = try object(#"{"cniVersion":"9.9.9"}"#)
    #expect(throws: ResultError.unknownVersion("9.9.9")) { try CNIResult(object, fallback: .v100) }
  }
}

@Suite struct InvocationTests {
  private func invocation(_ changes: [Variable: String?] = [:]) throws(ProtocolError) -> Invocation {
    var variables: [Variable: String] = [
      .command: "ADD", .containerID: "c1", .netns: "/run/netns/x", .ifName: "eth0", .path: "/opt/cni/bin:/x",
      .args: "A=b;IgnoreUnknown=1",
    ]
    for (key, value) in changes { variables[key] = value }
    return try Invocation { variables[$0] }
  }

  @Test func aCompleteOneIsRead() throws {
    let call = try invocation()
    #expect(
      call.command == .add && call.containerID?.text == "c1" && call.ifName?.text == "eth0"
        && call.path == ["/opt/cni/bin", "/x"])
    #expect(call.args["A"] == "b" && call.args.ignoresUnknown && !call.allowsHostNamespace)
    #expect(try invocation([.netnsOverride: "TRUE"]).allowsHostNamespace)
  }

  @Test func everythingMissingIsListedAtOnce() {
    #expect(throws: ProtocolError.missingVariables([.containerID, .netns, .ifName, .path])) {
      try invocation([.containerID: nil, .netns: "", .ifName: nil, .path: nil])
    }
    #expect(throws: ProtocolError.missingVariables([.ifName])) { try invocation([.command: "DEL", .netns: nil, .ifName: nil]) }
    #expect(throws: ProtocolError.unknownCommand("add")) { try invocation([.command: "add"]) }
  }

  @Test func delNeedsNoNamespace() throws { #expect(try invocation([.command: "DEL", .netns: nil]).netns == "") }

  @Test func identifiersAreChecked() {
    #expect(throws: ProtocolError.containerID("a/b", .forbiddenCharacter)) { try invocation([.containerID: "a/b"]) }
    #expect(throws: ProtocolError.containerID("-a", .forbiddenCharacter)) { try invocation([.containerID: "-a"]) }
    #expect(throws: ProtocolError.interfaceName("a/b", .forbiddenCharacter)) { try invocation([.ifName: "a/b"]) }
    #expect(throws: ProtocolError.arguments("x")) { try invocation([.args: "A=1;x"]) }
  }

  @Test func argumentsThatNobodyTakesAreRefused() throws {
    #expect(throws: ProtocolError.unknownArguments(["MAC=x"])) { try CNIArguments("MAC=x;IP=1").refuseUnknown(except: ["IP"]) }
    try CNIArguments("MAC=x;IgnoreUnknown=true").refuseUnknown(except: [])
    #expect(try CNIArguments("A=b=c;A=d")["A"] == "d")
  }
}

@Suite struct ConfigurationTests {
  @Test func unknownKeysSurvive() throws {
    let text = #"{"cniVersion":"1.0.0","name":"n","type":"t","x":{"y":[1,2.50]},"x":null}"#
    #expect(try JSON.object(PluginConfiguration(object(text)).object).text() == text)
  }

  @Test func nameComesBeforeVersion() throws {
    let (noName, badVersion, none) = try (
      object(#"{"cniVersion":"9"}"#), object(#"{"cniVersion":"9","name":"n"}"#), object(#"{"name":"n"}"#)
    )
    #expect(throws: ProtocolError.networkName("", .empty)) { try PluginConfiguration(noName) }
    #expect(throws: ProtocolError.incompatibleVersion("9")) { try PluginConfiguration(badVersion) }
    #expect(try PluginConfiguration(none).cniVersion == .v010)
  }

  @Test func ofSeveralVersionsTheNewestKnownCounts() throws {
    let several = try object(#"{"cniVersions":["0.4.0","1.0.0","9.9.9"],"name":"n"}"#)
    #expect(try PluginConfiguration(several).cniVersion == .v100)
    let named = try object(#"{"cniVersion":"0.3.1","cniVersions":["1.0.0"],"name":"n"}"#)
    #expect(try PluginConfiguration(named).cniVersion == .v031)
    let unknown = try object(#"{"cniVersions":["9.9.9"],"name":"n"}"#)
    #expect(throws: ProtocolError.incompatibleVersion("9.9.9")) { try PluginConfiguration(unknown) }
  }

  @Test func aPrevResultWithoutVersionHasTheConfigurations() throws {
    let configuration = try PluginConfiguration(
      object(#"{"cniVersion":"0.2.0","name":"n","prevResult":{"ip4":{"ip":"10.0.0.2/8"}}}"#))
    #expect(try configuration.previous.result()?.ips.first?.address.description == "10.0.0.2/8")
  }

  @Test func pathsOfKeysAreReadable() {
    let path = ConfigurationError.KeyPath("ipam", "ranges").appending(0).appending(1).appending("subnet")
    #expect(path.description == "ipam.ranges[0][1].subnet")
    #expect(
      ConfigurationError.wrongType(path, expected: "a string", found: "a number").description
        == "ipam.ranges[0][1].subnet: expected a string, found a number")
  }
}

@Suite struct ErrorObjectTests {
  @Test func itIsReadAndWritten() throws {
    let error = ErrorObject(.tryAgainLater, "busy", details: "later")
    #expect(error.json(.v100).text() == #"{"cniVersion":"1.0.0","code":11,"msg":"busy","details":"later"}"#)
    #expect(ErrorObject(error.json(.v100)) == error)
    #expect(error.text == "busy; later")
    #expect(ErrorObject(["msg": "no code"]) == nil && ErrorObject(["code": 0]) == nil)
  }
}
