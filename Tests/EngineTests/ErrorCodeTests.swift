import CNI
import Diagnostics
import JSON
import Netlink
import NetworkTypes
import PluginModel
import Plugins
import System
import Testing

@testable import Engine
@testable import IPAM
@testable import Policy

/// The CNI code of every error, and that its text names what is at fault.
@Suite struct ErrorCodeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let error: EngineError
    let code: ErrorCode
    /// Words that the text must contain.
    let words: [String]

    init(_ error: EngineError, _ code: ErrorCode, _ words: String...) {
      (self.error, self.code, self.words) = (error, code, words)
    }
    init(_ error: DelegateError, _ code: ErrorCode, _ words: String...) {
      (self.error, self.code) = (.delegate(.init(network: network("pods"), interface: name("eth0"), type: "x"), error), code)
      self.words = ["network \"pods\" (interface eth0): x: "] + words
    }
    init(_ failure: any PluginFailure, _ code: ErrorCode, _ words: String...) {
      (self.error, self.code, self.words) = (.bare(.plugin(failure)), code, words)
    }

    var testDescription: String { "\(error)" }
  }

  private static let place = EngineError.DelegatePlace(network: network("pods"), interface: name("eth0"), type: "x")
  private static let here = SystemError.call(.open, on: "/here", .ioError)
  private static let attachment = Attachment(containerID: "c1", ifName: "eth0")
  private static let broken: Findings = {
    var findings = Findings()
    findings.append(Diagnostic(.noRules, "no rules at all", at: Span(SourceFile(path: "p.yaml", bytes: []), nil)))
    return findings
  }()

  static let engine: [Case] = [
    Case(EngineError.protocol(.unknownCommand("FOO")), .invalidEnvironment, "FOO"),
    Case(EngineError.configuration(.invalid(.init("policy"), reason: "bad")), .invalidConfiguration, "policy: bad"),
    Case(EngineError.policy(PolicyError(findings: broken)), .invalidConfiguration, "no rules at all"),
    Case(EngineError.selection(policy: "/p.yaml", .noRule(Pod(name: "web"))), .invalidConfiguration, "/p.yaml", "web"),
    Case(
      EngineError.plan(place, source: "/p.yaml:3:1", .configuration(.configuration(.missing(.init("a"))))), .invalidConfiguration,
      "/p.yaml:3:1",
      "\"a\""),
    Case(
      EngineError.planTooLarge(
        .init(place: place, source: "a.b/c, element 2", key: .init("cni-args", "k"), problem: .depth(200, limit: 123))),
      .invalidConfiguration, "a.b/c, element 2", "\"pods\" (interface eth0): x", "cni-args.k", "200", "123"),
    Case(
      EngineError.planTooLarge(
        .init(place: place, source: "/p.yaml:3:1", key: .init("args"), problem: .size(900, limit: 800, part: 700))),
      .invalidConfiguration, "/p.yaml:3:1", "args", "900", "800", "700"),
    Case(EngineError.recordTooLarge(attachment, bytes: 900, limit: 800), .invalidConfiguration, "c1", "eth0", "900", "800"),
    Case(EngineError.resultTooLarge(place, bytes: 900, limit: 800), .decoding, "\"pods\" (interface eth0): x", "900", "800"),
    Case(EngineError.record(.tooLarge(file: "/f", limit: 9)), .io, "/f", "9 bytes"),
    Case(EngineError.record(.notAFile(file: "/f", .directory)), .io, "/f", "a directory"),
    Case(EngineError.loopbackRequested, .invalidEnvironment, "CNI_IFNAME", "\"lo\""),
    Case(EngineError.interfaceExists(name("eth0"), netns: "/n", byBraid: false), .io, "eth0", "/n", "that Braid did not make"),
    Case(
      EngineError.interfaceExists(name("eth0"), netns: "/n", byBraid: true), .io, "eth0", "/n", "which another ADD of Braid made"),
    Case(
      EngineError.check([.init(place: place, error: .external(.badName("/"))), .init(place: place, error: .unread)]),
      .invalidConfiguration,
      "x"),
    Case(EngineError.undo([.init(place: place, error: .system(here))]), .io, "/here", "the record is kept"),
    Case(EngineError.alreadyAttached(attachment), .invalidEnvironment, "c1", "eth0"),
    Case(EngineError.notAttached(attachment), .unknownContainer, "c1", "eth0"),
    Case(EngineError.record(.version(file: "/f", found: "9")), .io, "/f", "9", "set aside"),
    Case(EngineError.state(.lockTimeout("/l", holder: 7, after: .seconds(60))), .tryAgainLater, "/l", "7", "more than 60 s"),
    Case(EngineError.state(here), .io, "/here"),
    Case(EngineError.namespace(.netns("/n", .notANetworkNamespace("/n"))), .invalidNamespace, "/n"),
    Case(EngineError.namespace(.netns("/n", .call(.openat, on: "/n", .noSuchFileOrDirectory))), .invalidNamespace, "/n"),
    Case(EngineError.result(.noAddress), .incompatibleVersion, "IP"),
    Case(EngineError.unread, .io, "stdout"),
    Case(EngineError.unavailable(.state(here)), .notAvailable, "/here"),
    Case(EngineError.unavailable(.policy(PolicyError(findings: broken))), .notAvailable, "no rules at all"),
    Case(
      EngineError.unavailable(.delegate(place, .plugin(MacvlanError.masterMissing(name("eth9"))), others: [])),
      .limitedConnectivity, "eth9"),
    Case(
      EngineError.unavailable(.delegate(place, .reply(type: "y", ErrorObject(code: 51, msg: "half")), others: [])),
      .limitedConnectivity,
      "half"),
    Case(EngineError.unavailable(.delegate(place, .unread, others: [])), .notAvailable, "x"),
    Case(EngineError.recursion, .invalidConfiguration, "Braid"),
    Case(
      EngineError.incomplete(.unread, left: [.delegate(.init(place: place, error: .system(here))), .other(.state(here))]), .io,
      "stdout",
      "not undone: network \"pods\" (interface eth0): x: open /here"),
  ]

  static let delegates: [Case] = [
    Case(DelegateError.protocol(.argument("IP", value: "x", reason: "no address")), .invalidEnvironment, "IP=x"),
    Case(
      DelegateError.configuration(.configuration(.unsupported(.init("ipMasq"), reason: "not built"))), .unsupportedField, "ipMasq"
    ),
    Case(DelegateError.result(.malformed(.missing(.init("ips")))), .decoding, "ips"),
    Case(DelegateError.result(.unknownVersion("9")), .incompatibleVersion, "9"),
    Case(DelegateError.system(here), .io, "/here"),
    Case(DelegateError.netlink(.socket(.open, .permissionDenied)), .io, "open"),
    Case(DelegateError.netlink(.refused(.addLink, object: "veth1", .fileExists, kernel: "words")), .io, "veth1", "words"),
    Case(DelegateError.netlink(.refused(.addLink, object: "m", .noMemory, kernel: "")), .tryAgainLater, "m"),
    // What something else uses is still in use at the next try.
    Case(DelegateError.netlink(.refused(.addLink, object: "m", .resourceBusy, kernel: "words")), .io, "m", "words"),
    Case(DelegateError.netlink(.interrupted(.showLink)), .tryAgainLater, "show link"),
    Case(DelegateError.external(.notFound(type: "y", path: ["/p"])), .invalidConfiguration, "\"y\"", "/p"),
    Case(DelegateError.external(.isBraid(type: "y", path: "/p/y")), .invalidConfiguration, "/p/y"),
    Case(DelegateError.external(.spawn(type: "y", here)), .io, "\"y\"", "/here"),
    Case(DelegateError.external(.timedOut(type: "y", after: .seconds(40))), .tryAgainLater, "\"y\"", "40 s"),
    Case(DelegateError.external(.stopped(type: "y", signal: 15)), .tryAgainLater, "\"y\"", "signal 15"),
    Case(DelegateError.external(.outputTooLarge(type: "y", limit: 4)), .decoding, "\"y\"", "4"),
    Case(DelegateError.external(.failed(type: "y", status: 3, stderr: "oh")), .io, "\"y\"", "3", "oh"),
    Case(DelegateError.external(.killed(type: "y", signal: 9, stderr: "")), .io, "\"y\"", "9"),
    Case(DelegateError.external(.badOutput(type: "y", reason: "nothing")), .decoding, "\"y\"", "nothing"),
    Case(DelegateError.netns("/n", .call(.openat, on: "/n", .permissionDenied)), .io, "/n"),
    Case(DelegateError.linkMissing(name("eth0"), netns: "/n"), .io, "eth0", "/n"),
    Case(DelegateError.ipamWithoutAddress("y"), .invalidConfiguration, "missing IP config"),
    Case(
      DelegateError.differences([.plugin(LoopbackError.down), .linkMissing(name("e"), netns: "/n")]), .io, "loopback", "\"e\""),
    Case(DelegateError.reply(type: "y", ErrorObject(code: 123, msg: "its words")), .io, "its words"),
    Case(DelegateError.incomplete(.plugin(LoopbackError.down), left: [.system(here)]), .io, "loopback", "not undone: open /here"),
  ]

  static let plugins: [Case] = [
    Case(BridgeError.notABridge(name("br0")), .invalidConfiguration, "br0"),
    Case(BridgeError.vanished(name("br0")), .tryAgainLater, "br0"),
    Case(
      BridgeError.otherAddress(name("br0"), wanted: cidr("10.0.0.1/8"), isVLAN: false), .invalidConfiguration, "br0", "10.0.0.1/8"
    ),
    Case(BridgeError.noVLANFiltering(name("br0")), .invalidConfiguration, "ip link set br0"),
    Case(BridgeError.kernelWithoutVLANFiltering(name("br0")), .invalidConfiguration, "br0", "CONFIG_BRIDGE_VLAN_FILTERING"),
    Case(BridgeError.notItsGateway(name("br0.5"), bridge: name("br0")), .invalidConfiguration, "br0.5"),
    Case(BridgeError.portNotForwarding("veth1", state: 2), .tryAgainLater, "veth1", "2"),
    Case(BridgeError.check(.vlan("veth1", id: 5)), .io, "veth1", "5"),
    Case(MacvlanError.noDefaultRoute, .invalidConfiguration, "default route"),
    Case(MacvlanError.masterMissing(name("eth9")), .invalidConfiguration, "eth9"),
    Case(MacvlanError.mtu(9000, master: 1500), .invalidConfiguration, "9000", "1500"),
    Case(MacvlanError.containerLinkExists(name("eth0")), .io, "eth0"),
    Case(MacvlanError.masterBusy("eth1", mode: "bridge"), .invalidConfiguration, "\"eth1\" is busy", "mode bridge"),
    Case(
      MacvlanError.addressTaken(mac("02:00:00:00:00:05"), name("net1"), master: "eth1"), .invalidConfiguration,
      "02:00:00:00:00:05",
      "net1", "\"eth1\""),
    Case(MacvlanError.check(.master("eth0", expected: "nic")), .io, "eth0", "nic"),
    Case(PTPError.noGateway(cidr("10.0.0.2/24")), .invalidConfiguration, "10.0.0.2/24", "gateway"),
    Case(PTPError.ownGateway(ip("10.0.0.1")), .invalidConfiguration, "10.0.0.1"),
    Case(PTPError.check(.routeMissing(ip("10.0.0.2"), "veth1")), .io, "10.0.0.2", "veth1"),
    Case(LoopbackError.foreignAddress(ip("10.0.0.1")), .invalidConfiguration, "10.0.0.1"),
    Case(InterfaceError.duplicateAddress(cidr("fd00::1/64"), name("eth0")), .invalidConfiguration, "fd00::1/64", "eth0"),
    Case(InterfaceError.containerLinkExists(name("eth0"), port: name("veth1")), .io, "eth0", "veth1"),
    Case(IPAMError.exhausted(.init(set: 1, ranges: "a-b", capacity: 5, oldest: nil)), .tryAgainLater, "1", "a-b", "5"),
    Case(IPAMError.requested(set: 0, ip("10.0.0.1"), .gateway), .invalidEnvironment, "10.0.0.1"),
    Case(IPAMError.requested(set: 0, ip("10.0.0.2"), .taken(ranges: "a-b", holder: nil)), .tryAgainLater, "10.0.0.2"),
    Case(
      IPAMError.requested(
        set: 0, ip("10.0.0.2"),
        .taken(
          ranges: "a-b",
          holder: .init(
            address: ip("10.0.0.2"), owner: .init(containerID: "c7", interface: "net1"),
            since: .init(seconds: 1_764_278_705, nanoseconds: 0)))), .tryAgainLater, "10.0.0.2",
      "reserved by container c7, interface net1 since 2025-11-27T21:25:05Z"),
    Case(IPAMError.unmatched([ip("10.0.0.2")]), .invalidEnvironment, "10.0.0.2"),
    Case(IPAMError.configuration(.staticArgument(reason: "no CIDR")), .invalidEnvironment, "no CIDR"),
    Case(IPAMError.duplicate(set: 0, Owner(containerID: "c1", interface: "e"), ip("10.0.0.2")), .invalidEnvironment, "c1"),
    Case(IPAMError.resolvConf(here), .io, "/here"),
    Case(IPAMError.noPrevResult, .invalidConfiguration, "prevResult"),
    Case(IPAMError.checkMismatch(ip("10.0.0.2"), name("eth0")), .io, "10.0.0.2", "eth0"),
  ]

  @Test(arguments: engine + delegates + plugins) func codeAndWords(_ item: Case) {
    let object = ErrorObject(item.error)
    if case .delegate(_, .reply) = item.error {
      #expect(object.code == 123)
    } else {
      #expect(object.code == item.code.rawValue, "\(object.text)")
    }
    for words in item.words { #expect(object.text.contains(words), "\(object.text)") }
    #expect(object.code != ErrorCode.internal.rawValue)
  }

  /// A plugin under its own name answers the reference plugin's code for its own errors, and reports what could not be undone.
  @Test func pluginsAnswerTheReferencesCode() {
    let left = DelegateError.plugin(MacvlanError.masterMissing(name("eth9"))).leaving([.system(Self.here)])
    let object = ErrorObject(plugin: .bare(left))
    #expect(
      object.code == 999 && object.msg == "Link not found" && object.details == "not undone: open /here: Input/output error")
    #expect(ErrorObject(plugin: .bare(.configuration(.configuration(.unsupported(.init("x"), reason: "y"))))).code == 2)
    #expect(ErrorObject(plugin: .bare(.reply(type: "t", ErrorObject(code: 11, msg: "m")))).code == 11)
    #expect(ErrorObject(plugin: .protocol(.missingVariables([.path]))).code == 4)
  }

  @Test func whatIsLeftIsToldBesideEveryError() {
    for item in Self.engine {
      let object = ErrorObject(item.error.leaving([.other(.state(Self.here))]))
      #expect(object.code == ErrorObject(item.error).code && object.msg == ErrorObject(item.error).msg)
      #expect(object.details.hasSuffix("not undone: open /here: Input/output error"), "\(object.details)")
    }
  }
}
