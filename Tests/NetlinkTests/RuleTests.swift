import CLinux
import NetworkTypes
import TestSupport
import Testing

@testable import Netlink

@Suite struct RuleTests {
  private static let source = try! CIDR("10.1.0.2/32")
  private let rule = Rule(from: source, table: 100, priority: 20000, protocol: 98)

  @Test func isAdded() throws {
    // ip rule add from 10.1.0.2 table 100 priority 20000 protocol 98
    let theirs = bytes(
      "34000000200005060f620a6b00000000 020020006400000100000000 080002000a010002 08000600204e0000 0500150062000000")
    #expect(rule.add.meaning(header: 12) == Meaning(theirs, header: 12))
    // ip -6 rule add from fd00::2 table 1000 priority 20000 protocol 98
    let great = bytes(
      """
      48000000200005060f620a6b00000000 0a0080000000000100000000 14000200fd000000000000000000000000000002 08000f00e8030000
      08000600204e0000 0500150062000000
      """)
    let ours = Rule(from: try CIDR("fd00::2/128"), table: 1000, priority: 20000, protocol: 98)
    #expect(ours.add.meaning(header: 12) == Meaning(great, header: 12))
  }

  @Test func isDeleted() {
    // ip rule del from 10.1.0.2 table 100 priority 20000 protocol 98
    let theirs = bytes(
      "34000000210005000f620a6b00000000 020020006400000000000000 080002000a010002 08000600204e0000 0500150062000000")
    #expect(rule.delete.meaning(header: 12) == Meaning(theirs, header: 12))
    #expect(rule.delete.object == "from 10.1.0.2/32 lookup 100")
  }

  @Test func isRead() throws {
    // The kernel's answer to `ip rule`: the rule above, and the one of the main table.
    let answer = bytes(
      """
      44000000200002000f620a6b98040000 020020006400000100000000 08000f0064000000 08000e00ffffffff 0500150062000000 08000600204e0000
      080002000a010002
      3c000000200002000f620a6b98040000 02000000fe00000100000000 08000f00fe000000 08000e00ffffffff 0500150002000000 08000600fe7f0000
      """)
    let rules = try Message.all(in: answer).map { try Rule($0) }
    #expect(rules[0] == rule && rules[1]?.source == nil && rules[1]?.table == 254 && rules[1]?.priority == 32766)
    #expect(rules.allSatisfy { $0?.isSpecial == false })
  }
}

@Suite(.needsRoot, .needs(program: "ip")) struct RuleKernelTests {
  @Test func rulesComeAndGo() throws {
    try withNetworkNamespace { node in
      let socket = try node.socket()
      for text in ["10.1.0.2/32", "fd00::2/128"] {
        let source = try CIDR(text)
        let before = try socket.route.rules(source.family)
        let rule = Rule(from: source, table: 1000, priority: 20000, protocol: 98)
        try socket.route.execute(rule.add)
        #expect(refusal { () throws(NetlinkError) in try socket.route.execute(rule.add) }?.errno == .fileExists)
        #expect(try socket.route.rules(source.family).contains(rule))
        let listed = try #require(node.json(.ip, source.family == .ipv4 ? "-4" : "-6", "rule", "show").array)
        let seen = try #require(listed.compactMap(\.object).first { $0["priority"] == 20000 })
        #expect(seen["protocol"] == "98" && seen["table"] == "1000", "\(seen)")
        try socket.route.execute(rule.delete)
        #expect(refusal { () throws(NetlinkError) in try socket.route.execute(rule.delete) }?.errno == .noSuchFileOrDirectory)
        #expect(try socket.route.rules(source.family) == before)
      }
      // Conditions that have no property here.
      try node.run("ip", "rule", "add", "from", "10.1.0.2", "iif", "lo", "lookup", "100")
      try node.run("ip", "rule", "add", "from", "10.1.0.3", "prohibit")
      #expect(try socket.route.rules(.ipv4).filter(\.isSpecial).count == 2)
    }
  }

  @Test func tablesWithRoutes() throws {
    try withNetworkNamespace { node in
      try node.run("ip", "link", "set", "lo", "up")
      try node.run("ip", "route", "add", "blackhole", "192.0.2.0/24", "table", "4000")
      try node.run("ip", "-6", "route", "add", "unreachable", "fd00::/64", "table", "77")
      let socket = try node.socket()
      #expect(try socket.route.tables(.ipv4).isSuperset(of: [255, 4000]) && socket.route.tables(.ipv6).contains(77))
      #expect(try !socket.route.tables(.ipv4).contains(77))
    }
  }
}
