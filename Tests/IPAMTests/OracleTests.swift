import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// Calls the installed reference plugin and ours in the same way, and compares the answers.
@Suite(.needs(program: "/usr/lib/cni/host-local")) struct OracleTests {
  private static let reference = "/usr/lib/cni/host-local"

  /// One of the two plugins with its data directory.
  private final class Side {
    let scratch: TemporaryDirectory
    let ours: String

    init() throws {
      scratch = try TemporaryDirectory()
      ours = scratch["host-local"]
      symlink(Products.braid, ours)
    }

    /// One call: the exit status, and the text of the error or the whole result.
    func call(_ program: String, _ command: String, _ id: String, _ ifName: String, _ args: String, _ config: String) throws
      -> String
    {
      var call = PluginCall(program, containerID: id, netns: nil, configuration: .null)
      (call.command, call.netns, call.ifName, call.args) = (command, "/run/netns/none", ifName, args)
      call.stdin = Array(config.replacingOccurrences(of: "DIR", with: scratch["data"]).utf8)
      let answer = try call.run(on: nil)
      if answer.succeeded {
        // An empty "dns" means the same as a missing one.
        return "ok " + JSONObject(try answer.result().members.filter { $0.name != "dns" || $0.value != [:] }).text
      }
      let error = try answer.error()
      return "\(error.code) \(error.text)"
    }

    /// Every file of the network with its contents. last_reserved_ip is included only if `search` is true.
    func kept(search: Bool) -> [String: String] {
      let names = scratch.list("data/n").filter { $0 != "lock" && (search || !$0.hasPrefix("last_reserved_ip")) }
      return Dictionary(uniqueKeysWithValues: names.map { ($0, (try? scratch.read("data/n/\($0)")) ?? "unreadable") })
    }
  }

  private static func configuration(_ ipam: String, _ more: String = "", version: String = "1.0.0") -> String {
    #"{"cniVersion":"\#(version)","name":"n","type":"x","ipam":{"type":"host-local","dataDir":"DIR",\#(ipam)}\#(more)}"#
  }

  /// A configuration, its surroundings, and the calls: command, container, interface, CNI_ARGS.
  struct Question: Sendable, CustomTestStringConvertible {
    let ipam: String
    var more = ""
    var version = "1.0.0"
    var calls = [
      "ADD a eth0", "ADD b eth0", "ADD a eth0", "ADD a eth1", "CHECK a eth0", "DEL a eth0", "CHECK a eth0", "DEL a eth0",
      "ADD c eth0",
    ]
    var testDescription: String { "\(version) \(ipam)\(more) \(calls.count == 9 ? "" : calls.joined(separator: ", "))" }
  }

  static let questions: [Question] = [
    .init(ipam: #""subnet":"10.1.0.0/24""#), .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/30"}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24","rangeStart":"10.1.0.9","rangeEnd":"10.1.0.11","gateway":"10.1.0.10"}]]"#),
    .init(
      ipam:
        #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]],"routes":[{"dst":"0.0.0.0/0"},{"dst":"fd01::7/32","gw":"fd00::9"}]"#
    ),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/29","rangeStart":"10.1.0.5"},{"subnet":"10.2.0.0/30"}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.2.0.0/30"}]]"#),
    .init(ipam: #""subnet":"10.7.0.0/24","rangeStart":"10.7.0.0","rangeEnd":"10.7.0.1","gateway":"10.9.9.9""#),
    .init(ipam: #""subnet":"10.1.0.0/24","rangeStart":"10.1.0.1","rangeEnd":"10.1.0.1""#),
    .init(ipam: #""subnet":"10.1.0.0/24","gateway":"fd00::1""#),
    .init(
      ipam: #""subnet":"10.1.0.0/24","ranges":[[{"subnet":"10.3.0.0/24"}]]"#,
      more: #","runtimeConfig":{"ipRanges":[[{"subnet":"10.2.0.0/24"}]]}"#),
    .init(
      ipam: #""subnet":"10.1.0.0/24""#, more: #","args":{"cni":{"ips":["10.1.0.7"]}},"runtimeConfig":{"ips":["10.1.0.7/8"]}"#),
    .init(
      ipam: #""subnet":"10.1.0.0/24""#, more: #","args":{"cni":{"ips":["10.1.0.7"]}},"runtimeConfig":{"ips":["10.9.0.7/8"]}"#),
    .init(ipam: #""subnet":"10.1.0.0/24""#, more: #","args":null,"runtimeConfig":{"ips":null}"#),
    .init(ipam: #""subnet":"10.1.0.0/24","ranges":null,"routes":null,"resolvConf":"","Name":"x""#),
    .init(
      ipam: #""subnet":"10.1.0.0/24""#,
      calls: [
        "ADD a eth0 IP=10.1.0.9", "ADD a eth0 IP=10.1.0.9", "ADD b eth0 IP=10.1.0.9", "ADD b eth0 IP=10.1.0.1",
        "ADD a eth0 IP=10.1.0.20",
        "ADD b eth0 IP=10.2.0.9", "ADD b eth0 IP=nonsense", "ADD b eth0 FOO=bar", "DEL a eth0 FOO=bar",
        "ADD b eth0 FOO=bar;IgnoreUnknown=1",
        "ADD c eth0 IP=", "ADD d eth0 IP=10.1.0.33/9", "DEL a eth0 IP=10.1.0.9", "ADD e eth0 FOO",
      ]),
    .init(ipam: #""ranges":[]"#), .init(ipam: #""ranges":[[]]"#), .init(ipam: #""ranges":[[{}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0/24"}]]"#), .init(ipam: #""ranges":[[{"subnet":"10.1.0.7/24"}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/31"}]]"#), .init(ipam: #""ranges":[[{"subnet":"fd00::/127"}]]"#),
    .init(ipam: #""subnet":"10.1.0.0/24","gateway":"x""#), .init(ipam: #""subnet":"10.1.0.0/24","rangeStart":"10.2.0.1""#),
    .init(ipam: #""subnet":"10.1.0.0/24","rangeEnd":"10.2.0.1""#), .init(ipam: #""subnet":"10.1.0.0/24","rangeEnd":"fd00::1""#),
    .init(ipam: #""subnet":"10.1.0.0/24","rangeStart":"10.1.0.9","rangeEnd":"10.1.0.3""#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"},{"subnet":"10.1.0.0/25"}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"},{"subnet":"fd00::/64"}]]"#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.3.0.0/24"}],[{"subnet":"10.1.0.0/25"}]]"#),
    .init(ipam: #""subnet":"10.1.0.0/24","resolvConf":"/proc/nowhere""#),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"10.2.0.0/24"}]]"#, version: "0.2.0"),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]]"#, version: "0.2.0"),
    .init(ipam: #""ranges":[[{"subnet":"10.1.0.0/24"}],[{"subnet":"fd00::/64"}]]"#, version: "0.3.1"),
  ]

  @Test(arguments: questions) func answersAndFilesAreTheSame(_ question: Question) throws {
    let (theirs, ours) = (try Side(), try Side())
    let config = Self.configuration(question.ipam, question.more, version: question.version)
    for call in question.calls {
      let words = call.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let args = words.count > 3 ? words[3] : ""
      let theirAnswer = try theirs.call(Self.reference, words[0], words[1], words[2], args, config)
      let ourAnswer = try ours.call(ours.ours, words[0], words[1], words[2], args, config)
      #expect(ourAnswer == theirAnswer, "\(call)")
      #expect(ours.kept(search: false) == theirs.kept(search: false), "\(call)")
    }
  }

  /// The reference plugin works on one directory alone. On the other one, the two plugins take turns at random.
  @Test func theyCanTakeTurns() throws {
    var random = SystemRandomNumberGenerator()
    for round in 0..<4 {
      let (theirs, shared) = (try Side(), try Side())
      let config = Self.configuration(
        #""ranges":[[{"subnet":"10.1.0.0/29"},{"subnet":"10.2.0.0/30"}],[{"subnet":"fd00::/125"}]]"#)
      for step in 0..<60 {
        let program = Bool.random(using: &random) ? Self.reference : shared.ours
        let command = ["ADD", "ADD", "DEL", "DEL", "CHECK"].randomElement(using: &random)!
        let (id, name) = ("c\(Int.random(in: 0..<7, using: &random))", ["eth0", "net1"].randomElement(using: &random)!)
        let expected = try theirs.call(Self.reference, command, id, name, "", config)
        let answer = try shared.call(program, command, id, name, "", config)
        #expect(answer == expected, "round \(round), step \(step): \(program) \(command) \(id) \(name)")
        #expect(shared.kept(search: true) == theirs.kept(search: true), "round \(round), step \(step)")
        guard answer == expected else { return }
      }
    }
  }
}

extension JSONObject {
  fileprivate var text: String { JSON.object(self).text() }
}
