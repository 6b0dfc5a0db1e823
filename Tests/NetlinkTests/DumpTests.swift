import CLinux
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Lists against a scripted kernel.
@Suite struct DumpTests {
  private typealias Step = ScriptedTransport.Step

  private func names(_ steps: [Step]) throws -> ([String], ScriptedTransport) {
    let script = ScriptedTransport(steps)
    var socket = RouteSocket(over: script)
    return (try socket.links().map(\.name), script)
  }

  @Test func listIsReadToItsEnd() throws {
    let (names, script) = try names([
      .datagram(Reply.link(1, "a") + Reply.link(1, "b")), .datagram(Reply.link(1, "c")), .datagram(Reply.done(1)),
    ])
    #expect(names == ["a", "b", "c"] && script.sent.count == 1 && script.isPlayed)
  }

  @Test func endWithoutAnErrnoIsAnEnd() throws {
    #expect(try names([.datagram(Reply.link(1, "a") + Reply.message(NLMSG_DONE, 1))]).0 == ["a"])
  }

  @Test func otherSequencesAndControlMessagesAreIgnored() throws {
    let (names, _) = try names([
      .datagram(Reply.link(0, "stale") + Reply.done(0)), .datagram(Reply.message(NLMSG_NOOP, 1) + Reply.link(1, "a")),
      .datagram(Reply.link(2, "early") + Reply.done(1)),
    ])
    #expect(names == ["a"])
  }

  @Test func changedListIsReadAgain() throws {
    for flagged in [
      Reply.link(1, "a", flags: NLM_F_DUMP_INTR) + Reply.done(1), Reply.link(1, "a") + Reply.done(1, flags: NLM_F_DUMP_INTR),
    ] {
      let (names, script) = try names([.datagram(flagged), .datagram(Reply.link(2, "b") + Reply.done(2))])
      #expect(names == ["b"])
      #expect(try script.messages.map(\.sequence) == [1, 2])
    }
  }

  @Test func listThatKeepsChangingIsGivenUpAfterTenTimes() throws {
    let script = ScriptedTransport((1...11).map { .datagram(Reply.link($0, "a", flags: NLM_F_DUMP_INTR) + Reply.done($0)) })
    var socket = RouteSocket(over: script)
    #expect(throws: NetlinkError.interrupted(.showLink)) { try socket.links() }
    #expect(script.sent.count == 10)
  }

  @Test func tenthReadingCounts() throws {
    let steps = (1...10).map { Step.datagram(Reply.link($0, "a\($0)", flags: $0 < 10 ? NLM_F_DUMP_INTR : 0) + Reply.done($0)) }
    #expect(try names(steps).0 == ["a10"])
  }

  @Test func lostPartIsReadAgainAfterTheEnd() throws {
    for loss in [.error(.noBufferSpace), .datagram(Reply.message(NLMSG_OVERRUN, 0))] as [Step] {
      let (names, script) = try names([
        .datagram(Reply.link(1, "a")), loss, .datagram(Reply.link(1, "c")), .datagram(Reply.done(1)),
        .datagram(Reply.link(2, "a") + Reply.link(2, "b") + Reply.link(2, "c") + Reply.done(2)),
      ])
      #expect(names == ["a", "b", "c"] && script.sent.count == 2 && script.isPlayed)
    }
  }

  @Test func signalsDoNotEndAnything() throws {
    #expect(
      try names([.error(.interrupted), .datagram(Reply.link(1, "a")), .error(.interrupted), .datagram(Reply.done(1))]).0 == ["a"])
  }

  @Test func silenceIsAnError() throws {
    #expect(throws: NetlinkError.silent(.showLink, object: "", within: .seconds(30))) {
      try names([.datagram(Reply.link(1, "a"))])
    }
  }

  @Test func endCanBeAnError() throws {
    for end in [Reply.done(1, .notSupported), Reply.acknowledgement(1, .notSupported)] {
      #expect(throws: NetlinkError.refused(.showLink, object: "", .notSupported, kernel: "")) {
        try names([.datagram(Reply.link(1, "a")), .datagram(end)])
      }
    }
  }

  @Test func absentListIsEmpty() throws {
    #expect(try names([.datagram(Reply.acknowledgement(1, .noSuchDevice))]).0 == [])
    var socket = RouteSocket(over: ScriptedTransport([.datagram(Reply.done(1, .noSuchFileOrDirectory))]))
    #expect(try socket.routes(.ipv4, table: 300).isEmpty)
    // Only a query for a single table may answer that the table is missing.
    socket = RouteSocket(over: ScriptedTransport([.datagram(Reply.done(1, .noSuchFileOrDirectory))]))
    #expect(throws: NetlinkError.refused(.showRoute, object: "inet", .noSuchFileOrDirectory, kernel: "")) {
      try socket.routesOfAllTables(.ipv4)
    }
  }

  @Test func datagramLongerThanTheBufferIsAnError() throws {
    #expect(throws: NetlinkError.malformed(.showLink, object: "", .datagramCut)) { try names([.error(.noSpace)]) }
  }

  @Test func cutMessageIsAnError() throws {
    let whole = Reply.link(1, "a") + Reply.link(1, "b")
    #expect(throws: NetlinkError.malformed(.showLink, object: "", .messageCut(size: whole.count / 2 - 1))) {
      try names([.datagram(whole.dropLast()), .datagram(Reply.done(1))])
    }
  }

  @Test func endWithHalfAnErrnoIsAnError() throws {
    var end = Reply.message(NLMSG_DONE, 1) + [0, 0]
    end[0] = 18
    #expect(throws: NetlinkError.malformed(.showLink, object: "", .headerCut(size: 2, needed: 4))) { try names([.datagram(end)]) }
  }

  @Test func brokenObjectIsAnErrorWhateverElseIsInTheList() throws {
    // An attribute claims 200 bytes, but 8 are left.
    var broken = Reply.link(1, "b")
    broken[32] = 200
    #expect(throws: NetlinkError.malformed(.showLink, object: "", .attributeCut(type: 3))) {
      try names([.datagram(Reply.link(1, "a") + broken), .datagram(Reply.done(1))])
    }
  }

  @Test func everyListSaysThatAnObjectIsBroken() throws {
    func socket(_ type: Int) -> RouteSocket {
      RouteSocket(over: ScriptedTransport([.datagram(Reply.message(Int32(type), 1) { $0.header(UInt32(2)) } + Reply.done(1))]))
    }
    let link = try captured(Captured.port)
    let reasons: [NetlinkError?] = [
      refusal { () throws(NetlinkError) in
        var socket = socket(RTM_NEWADDR)
        _ = try socket.addresses(of: link)
      },
      refusal { () throws(NetlinkError) in
        var socket = socket(RTM_NEWROUTE)
        _ = try socket.routes(.ipv6)
      },
      refusal { () throws(NetlinkError) in
        var socket = socket(RTM_NEWNEIGH)
        _ = try socket.neighbours(of: link)
      },
      refusal { () throws(NetlinkError) in
        var socket = socket(RTM_NEWLINK)
        _ = try socket.bridgeVLANs(of: link)
      },
      refusal { () throws(NetlinkError) in
        var socket = socket(RTM_NEWLINK)
        _ = try socket.links(ofMaster: 4)
      },
    ]
    #expect(
      reasons == [
        .malformed(.showAddress, object: "veth1", .headerCut(size: 4, needed: 8)),
        .malformed(.showRoute, object: "inet6", .headerCut(size: 4, needed: 12)),
        .malformed(.showNeighbour, object: "veth1", .headerCut(size: 4, needed: 12)),
        .malformed(.showBridgeVLAN, object: "veth1", .headerCut(size: 4, needed: 16)),
        .malformed(.showLink, object: "master #4", .headerCut(size: 4, needed: 16)),
      ])
  }
}
