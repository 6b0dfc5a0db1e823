import Diagnostics
import Foundation
import FoundationXML
import Policy
import TestSupport
import Testing

@testable import Commands

@Suite struct GraphTests {
  static func wiring(_ text: String, title: String = "policy.yaml") throws -> Wiring {
    var findings = Findings()
    let policy = Policy.read([SourceFile(path: "policy.yaml", text: text)], checks: .errors, &findings)
    return Wiring(try #require(policy, "\(findings.sorted.map(\.oneLine))"), title: title)
  }

  static var whole: Wiring {
    get throws { try wiring(String(contentsOf: commandsTests.appending(path: "Pictures/whole.yaml"), encoding: .utf8)) }
  }

  @Test(arguments: GraphFormat.allCases) func golden(_ format: GraphFormat) throws {
    try Golden.expect(Self.whole.text(format), equals: commandsTests.appending(path: "Pictures/whole.\(format.rawValue)"))
  }

  /// A Pod that asks for another network in the place of the rule's first one, and for one more.
  @Test func goldenOfAPod() throws {
    let command = Command([
      "env", "--chdir=\(commandsTests.path)", Products.braidctl, "graph", "Pictures/whole.yaml", "--namespace", "video", "--name",
      "v-0", "--annotation",
      "v1.multus-cni.io/default-network=storage", "--annotation",
      #"k8s.v1.cni.cncf.io/networks=[{"name": "radio", "default-route": []}]"#,
    ])
    try Golden.expect(try command.require(), equals: commandsTests.appending(path: "Pictures/pod.svg"))
  }

  /// The picture in the README is the one of its example.
  @Test func readme() throws {
    let example = try String(contentsOfFile: Products.repository + "/examples/three-networks.yaml", encoding: .utf8)
    let picture = URL(filePath: Products.repository).appending(path: "docs/three-networks.svg")
    try Golden.expect(try Self.wiring(example, title: "examples/three-networks.yaml").svg, equals: picture)
    #expect(try String(contentsOfFile: Products.repository + "/README.md", encoding: .utf8).contains("(docs/three-networks.svg)"))
  }

  /// The wiring of the pictures, compared with one written by hand.
  @Test func whatAPolicyGives() throws {
    let whole = try Self.whole
    #expect(whole.owners.map(\.title) == ["rule databases", "rule radio", "rule fixed", "rule everyone", "on request"])
    #expect(whole.devices.map(\.name) == ["br-pods", "eth1", "link of the node's default route"])
    let routes = whole.owners.map { $0.interfaces.map(\.hasDefaultRoute) }
    #expect(routes == [[true, false, false], [true, true], [true], [true], [false, false]])
    #expect(whole.owners[1].interfaces.map(\.notes) == [["default route, if the network gives one"], ["default route IPv6"]])
    #expect(whole.networks.filter(\.isUnused).map(\.name) == ["spare"])
  }

  /// For any names, every text is inside its box, no two boxes touch, and everything is inside the picture.
  @Test(arguments: [1, 2, 30, 300]) func nothingOverlaps(_ count: Int) throws {
    for wiring in [Self.ring(count, owners: 1), Self.ring(count, owners: 1 + count / 3), try Self.whole, Self.hostile] {
      let picture = PictureLayout.picture(of: wiring)
      for (i, box) in picture.boxes.enumerated() {
        #expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= picture.width && box.y + box.height <= picture.height)
        for other in picture.boxes[(i + 1)...] {
          let isApart =
            box.x + box.width < other.x || other.x + other.width < box.x || box.y + box.height < other.y
            || other.y + other.height < box.y
          #expect(isApart, "\(box.tooltip) and \(other.tooltip)")
        }
        for text in box.texts {
          #expect(text.y >= 12 && text.y + 4 <= box.height, "\(text)")
          #expect(text.x + PictureText.width(text.text) * PictureLayout.cell <= box.width, "\(text)")
        }
        let lines = Dictionary(grouping: box.texts, by: \.y).keys.sorted()
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $1 - $0 >= 14 })
        for (a, b) in zip(box.texts, box.texts.dropFirst()) where a.y == b.y {
          #expect(a.x + PictureText.width(a.text) * PictureLayout.cell < b.x)
        }
      }
      #expect(
        picture.lines.count == wiring.owners.flatMap(\.interfaces).count + wiring.networks.filter { $0.device != nil }.count)
    }
  }

  /// Several owners with three interfaces each, or one owner with all interfaces.
  static func ring(_ count: Int, owners: Int) -> Wiring {
    var wiring = Wiring(title: "ring")
    for i in 0..<count {
      let lines = (0...(i % 4)).map { "10.\(i).\($0).0/24, gateway 10.\(i).\($0).1" }
      wiring.networks.append(.init(name: "network-\(i)", lines: ["bridge"] + lines, device: i / 2))
      if i % 2 == 0 { wiring.devices.append(.init(name: "br\(i)", roles: ["bridge"])) }
    }
    for i in 0..<owners {
      let interfaces = (0..<(owners == 1 ? count : 3)).map { j in
        Wiring.Interface(name: "net\(j)", network: (i * 7 + j) % count, notes: j % 5 == 0 ? ["10.0.0.\(j)", "MTU 1400"] : [])
      }
      wiring.owners.append(.init(title: "rule \(i)", details: ["every Pod"], interfaces: interfaces))
    }
    return wiring
  }

  /// Names with characters that have a meaning in one of the formats.
  static var hostile: Wiring {
    let name = ReportTests.hostile + "<br/>]]><!--\"]; end #quot; `x` | {y} \\N \\\" 日本語日本語日本語日本語日本語日本語日本語日本語"
    let long = String(repeating: "x", count: 3000)
    var wiring = Wiring(title: name)
    wiring.owners = [
      .init(
        title: name, details: [name, long, ""],
        interfaces: [.init(name: name, network: 0, notes: [name, long], hasDefaultRoute: true), .init(name: "", network: 1)]),
      .init(title: "", details: [], interfaces: [.init(name: nil, network: 1, isOnRequest: true)]),
    ]
    wiring.networks = [
      .init(name: name, lines: [String](repeating: name, count: 40), device: 0),
      .init(name: "", lines: ["", long], device: nil, isUnused: true),
    ]
    wiring.devices = [.init(name: name, roles: [name])]
    return wiring
  }

  @Test func svgIsXML() throws {
    for wiring in [try Self.whole, Self.hostile, Wiring(title: "")] {
      let parser = XMLParser(data: Data(wiring.svg.utf8))
      let reader = TextReader()
      parser.delegate = reader
      #expect(parser.parse(), "\(wiring.svg)")
      #expect(reader.texts.allSatisfy { !$0.contains("\u{202e}") && !$0.contains("\u{1b}") })
      for network in wiring.networks where network.name.count < 20 { #expect(reader.texts.contains(network.name + "\n")) }
    }
  }

  @Test(.needs(program: "dot")) func graphvizTakesDOT() throws {
    for wiring in [try Self.whole, Self.hostile, Self.ring(30, owners: 11), Wiring(title: "")] {
      var dot = Command("dot", "-Tsvg")
      dot.input = Array(wiring.dot.utf8)
      let output = try dot.run()
      #expect(output.succeeded && output.stderr.isEmpty, "\(output.stderr)\n\(wiring.dot)")
      let edges = output.stdout.components(separatedBy: "class=\"edge\"").count - 1
      #expect(edges == wiring.owners.flatMap(\.interfaces).count + wiring.networks.filter { $0.device != nil }.count)
    }
  }

  /// Any name stays on one line, in one quoted label.
  @Test func mermaidLabels() {
    let lines = Self.hostile.mermaid.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == Self.ofOnePlainName.mermaid.split(separator: "\n", omittingEmptySubsequences: false).count)
    for line in lines.dropFirst(4) where line.contains("\"") {
      #expect(line.wholeMatch(of: /\s*(?:subgraph )?\w+[\[\({]+"(?:[^#"<>`\\|{};]|#\d+;|<br\/>)*"[\]\)}]+/) != nil, "\(line)")
    }
  }

  /// The wiring `hostile` with harmless names.
  private static var ofOnePlainName: Wiring {
    var wiring = hostile
    wiring.owners = wiring.owners.map { .init(title: "a", details: $0.details.map { _ in "a" }, interfaces: $0.interfaces) }
    return wiring
  }

  @Test func exitStatus() throws {
    try withTemporaryDirectory { directory in
      let good = try directory.write("good.yaml", ReportTests.clean)
      let bad = try directory.write("bad.yaml", ReportTests.clean.replacing("network: pods", with: "network: pdos"))
      let table: [(arguments: [String], status: Int32, text: String)] = [
        ([good], 0, "<svg "), (["--format", "dot", good], 0, "digraph "), (["--format", "mermaid", good], 0, "---\n"),
        ([good, "--name", "x-0"], 0, "<svg "),
        ([good, "--annotation", "k8s.v1.cni.cncf.io/networks=pods"], 1, "may not ask"), ([bad], 1, "BRD0303"),
        ([directory["none.yaml"]], 3, "BRD0001"), (["--format", "png", good], 2, "png"), ([], 2, "policy"),
      ]
      for (arguments, status, text) in table {
        let output = try Command([Products.braidctl, "graph"] + arguments).run()
        #expect(output.status == status, "\(output)")
        #expect(status == 0 ? output.stdout.hasPrefix(text) : output.stderr.contains(text) && output.stdout.isEmpty, "\(output)")
      }
    }
  }
}

/// Collects the texts of an XML document.
private final class TextReader: NSObject, XMLParserDelegate {
  var texts: [String] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String] = [:]
  ) { texts.append("") }

  func parser(_ parser: XMLParser, foundCharacters text: String) { if !texts.isEmpty { texts[texts.count - 1] += text } }
}
