import Diagnostics
import Testing

@testable import Policy

@Suite struct ConflistTests {
  private static let good = """
    {
      "cniVersion": "1.0.0",
      "name": "pods",
      "disableCheck": true,
      "plugins": [
        {"type": "bridge", "bridge": "cni0", "ipam": {"type": "host-local", "subnet": "10.1.0.0/16"}},
        {"type": "portmap", "capabilities": {"portMappings": true}}
      ]
    }
    """

  private func findings(_ text: String, path: String = "a.conflist") -> [String] {
    let file = SourceFile(path: path, text: text)
    return Conflist.isOne(file) ? Conflist.examine(file).findings.sorted.map(\.oneLine) : ["not one"]
  }

  @Test func aListIsANetwork() throws {
    var findings = Findings()
    let list = try #require(Conflist.read(SourceFile(path: "a.conflist", text: Self.good), &findings))
    #expect(findings.isEmpty, "\(findings.sorted.map(\.oneLine))")
    #expect(list.network.name.text == "pods" && list.network.cniVersion?.rawValue == "1.0.0")
    #expect(list.network.disableCheck && !list.network.disableGC)
    #expect(list.network.chain.map(\.type) == ["bridge", "portmap"])
    #expect(list.policy.networks.count == 1)
  }

  @Test func aSingleConfigurationIsAChainOfOne() throws {
    var findings = Findings()
    let text = #"{"cniVersion": "0.4.0", "name": "lan", "type": "macvlan", "master": "eth1", "ipam": {"type": "dhcp"}}"#
    let single = try #require(Conflist.read(SourceFile(path: "a.conf", text: text), &findings))
    #expect(findings.isEmpty && single.network.chain.map(\.type) == ["macvlan"])
    #expect(single.network.chain[0].configuration["master"] == "eth1")
  }

  @Test func braidItselfMayBeInARuntimesList() {
    #expect(
      findings(#"{"cniVersion":"1.0.0","name":"braid","plugins":[{"type":"braid","policy":"/etc/braid/policy.yaml"}]}"#) == [])
    let ipam = findings(#"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"ptp","ipam":{"type":"braid"}}]}"#)
    #expect(ipam.count == 1 && ipam[0].contains("BRD0203"))
  }

  /// A configuration list gets the same findings as a policy's chain, at its own places.
  @Test(arguments: [
    (#""type": "bridge""#, #""type": "brigde""#, ["6:14: BRD0209"]),
    (#""bridge": "cni0""#, #""brige": "cni0""#, ["6:24: BRD0208"]),
    ("10.1.0.0/16", "10.1.0.0/32", ["6:83: BRD0214"]), (#""name": "pods","#, "", ["2:3: BRD0102"]),
    (#""name": "pods""#, #""name": "po ds""#, ["3:11: BRD0104"]), (#""1.0.0""#, #""1.2.3""#, ["2:17: BRD0104"]),
    (#""plugins": ["#, #""plugin": ["#, ["2:3: BRD0102"]), (#""disableCheck": true"#, #""disableChek": true"#, ["4:3: BRD0101"]),
    (#""disableCheck": true"#, #""disableCheck": 1"#, ["4:19: BRD0103"]), (#""cniVersion": "1.0.0","#, "", ["3:3: BRD0102"]),
    (#""bridge", "bridge""#, #""host-local", "bridge""#, ["6:14: BRD0205", "6:28: BRD0208", "6:46: BRD0208"]),
    (#""portmap""#, #""ipvlan""#, ["7:14: BRD0207"]), (#""type": "bridge", "#, "", ["6:6: BRD0102"]),
    (#""name": "pods""#, #""name": pods"#, ["3:11: BRD0012"]),
    (#""name": "pods","#, #""name": "pods", # mine"#, ["3:19: BRD0012"]),
    (#""name": "pods","#, #""name": "pods" "#, ["4:3: BRD0012"]),
    (#""name": "pods","#, #""name": "pods", "name": "x","#, ["3:19: BRD0014"]),
  ])
  func mistakes(_ old: String, _ new: String, _ codes: [String]) {
    let found = findings(Self.good.replacing(old, with: new))
    let places = found.map {
      $0.dropFirst("a.conflist:".count).prefix { $0 != "B" } + "BRD" + $0.split(separator: "BRD")[1].prefix(4)
    }
    #expect(places.map(String.init) == codes, "\(found)")
  }

  /// A mistake in the JSON is the only finding: what follows from it is not told.
  @Test(arguments: [
    (
      #""name": "pods","#, #""name": "pods", // mine"#,
      "3:19: BRD0012: this is not JSON: JSON has no comments"
    ),
    (
      #""plugins": ["#, "# the plugins\n  \"plugins\": [",
      "5:3: BRD0012: this is YAML, but a runtime reads only JSON: JSON has no comments"
    ),
    (
      #"true}}"#, "true}},", "7:64: BRD0012: this is YAML, but a runtime reads only JSON: there is a comma after the last entry"
    ),
    (
      #""name": "pods","#, #""name": "pods"#, "3:16: BRD0012: this is not JSON: a string is not closed before the end of its line"
    ),
    (#""name": "pods","#, #""name" "pods","#, #"3:10: BRD0012: this is not JSON: expected a colon"#),
    (#"true}}"#, "true}", #"8:3: BRD0012: this is not JSON: expected a comma or "}""#),
  ]) func syntax(_ old: String, _ new: String, _ expected: String) {
    let found = findings(Self.good.replacing(old, with: new))
    #expect(found.count == 1 && found[0].hasPrefix("a.conflist:" + expected), "\(found)")
  }

  /// A runtime chooses the form that it expects by the end of the file's name.
  @Test func theNameFitsTheForm() {
    let single = #"{"cniVersion":"1.0.0","name":"a","type":"loopback"}"#
    let list = #"{"cniVersion":"1.0.0","name":"a","plugins":[{"type":"loopback"}]}"#
    #expect(findings(single, path: "a.conf") == [] && findings(single, path: "a.json") == [] && findings(list) == [])
    let conflist = findings(single, path: "a.conflist")
    #expect(
      conflist.count == 1 && conflist[0].contains("BRD0102") && conflist[0].contains("must have \"plugins\""), "\(conflist)")
    let conf = findings(list, path: "a.conf")
    #expect(conf.count == 1 && conf[0].contains("BRD0102") && conf[0].contains("let the name end in .conflist"), "\(conf)")
  }

  @Test func whatIsOne() {
    #expect(findings("{}", path: "a.conf").count == 3)
    #expect(findings("[]", path: "a.conf").count == 1 && findings("", path: "a.conf").count == 1)
    for text in ["apiVersion: braid/v1", "", "{", "plugins: []", #"{"apiVersion":"braid/v1","type":"x"}"#, "[]", #"{"a":1}"#] {
      #expect(!Conflist.isOne(SourceFile(path: "-", text: text)), "\(text)")
    }
    #expect(Conflist.isOne(SourceFile(path: "<stdin>", text: " " + Self.good)))
  }
}
