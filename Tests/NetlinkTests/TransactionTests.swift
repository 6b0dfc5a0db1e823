import CLinux
import NetworkTypes
import System
import Testing

@testable import Netlink

/// Changes and queries against a scripted kernel.
@Suite struct TransactionTests {
  private func delete(_ index: Int32) -> Request { Link.delete(index: index, label: "l\(index)") }

  @Test func requestsAreNumberedAndSentAtOnce() throws {
    let script = ScriptedTransport((1...3).map { .datagram(Reply.acknowledgement($0)) })
    var socket = RouteSocket(over: script)
    try socket.execute([delete(1), delete(2)])
    try socket.execute(delete(3))
    #expect(script.sent.count == 2 && script.isPlayed)
    #expect(try script.messages.map(\.sequence) == [1, 2, 3])
    #expect(try script.messages.map(\.type) == [17, 17, 17])
  }

  @Test func answersOfOneDatagramArePaired() throws {
    let script = ScriptedTransport([.datagram(Reply.acknowledgement(1) + Reply.link(2, "a") + Reply.acknowledgement(3))])
    var socket = RouteSocket(over: script)
    let answers = try socket.transact([delete(1), Link.query(index: 7), delete(3)])
    #expect(answers.map { $0 == nil } == [true, false, true])
    #expect(try answers[1].flatMap { try Link($0) }?.name == "a")
  }

  /// An object that comes by a notification is followed by an acknowledgement. Without an object there is only that.
  @Test func echoedAnswersEndWithAnAcknowledgement() throws {
    func qdisc(_ sequence: UInt32) -> [UInt8] {
      Reply.message(Int32(RTM_NEWQDISC), sequence) {
        $0.header(tcmsg(7, handle: TrafficHandle(1), parent: .root))
        $0.attribute(TrafficControlAttribute.kind, string: "pfifo")
      }
    }
    let link = try #require(try Message.all(in: Reply.link(1, "a")).first.flatMap { try Link($0) })
    let script = ScriptedTransport([
      .datagram(qdisc(1) + Reply.acknowledgement(1)),
      .datagram(Reply.acknowledgement(2) + Reply.acknowledgement(3, .noSuchFileOrDirectory)),
      .datagram(qdisc(4)), .datagram(Reply.acknowledgement(4)), .datagram(Reply.acknowledgement(5, .noMemory)),
    ])
    var socket = RouteSocket(over: script)
    let found = try socket.qdiscs(of: [(.root, link), (.ingress, link), (.root, link), (.root, link)])
    #expect(found.map { $0?.kind } == [.other("pfifo"), nil, nil, .other("pfifo")])
    #expect(throws: NetlinkError.refused(.showQdisc, object: "dev a root", .noMemory, kernel: "")) {
      try socket.qdiscs(of: [(.root, link)])
    }
    #expect(script.isPlayed)
  }

  @Test func answerOfALaterRequestMayComeFirst() throws {
    let script = ScriptedTransport([.datagram(Reply.link(2, "b")), .datagram(Reply.link(1, "a"))])
    var socket = RouteSocket(over: script)
    #expect(try socket.links(indices: [1, 2]).map { $0?.name } == ["a", "b"])
  }

  @Test func answersOfOtherSequencesAreIgnored() throws {
    let script = ScriptedTransport(
      [0, 2, .max].map { .datagram(Reply.link($0, "stale")) } + [.datagram(Reply.link(1, "a"))])
    var socket = RouteSocket(over: script)
    #expect(try socket.link(index: 7)?.name == "a")
    #expect(script.isPlayed)
  }

  @Test func secondAnswerIsIgnored() throws {
    let script = ScriptedTransport([
      .datagram(Reply.acknowledgement(1) + Reply.acknowledgement(1, .fileExists) + Reply.acknowledgement(2))
    ])
    var socket = RouteSocket(over: script)
    try socket.execute([delete(1), delete(2)])
  }

  @Test func controlMessagesAreNoAnswers() throws {
    let noise = Reply.message(NLMSG_NOOP, 1) + Reply.done(1)
    let script = ScriptedTransport([.datagram(noise), .datagram(Reply.link(1, "a"))])
    var socket = RouteSocket(over: script)
    #expect(try socket.link(index: 7)?.name == "a")
  }

  @Test func absenceIsNoErrorForAQueryOnly() throws {
    let script = ScriptedTransport([
      .datagram(Reply.acknowledgement(1, .noSuchDevice)), .datagram(Reply.acknowledgement(2, .permissionDenied)),
      .datagram(Reply.acknowledgement(3, .noSuchDevice)),
    ])
    var socket = RouteSocket(over: script)
    #expect(try socket.link(index: 7) == nil)
    #expect(throws: NetlinkError.refused(.showLink, object: "#7", .permissionDenied, kernel: "")) { try socket.link(index: 7) }
    #expect(throws: NetlinkError.refused(.deleteLink, object: "l3", .noSuchDevice, kernel: "")) { try socket.execute(delete(3)) }
  }

  @Test func errorInTheMiddleOfABatchIsThrownAfterAllAnswers() throws {
    let script = ScriptedTransport([
      .datagram(Reply.acknowledgement(3, .noMemory)), .datagram(Reply.acknowledgement(2, .fileExists)),
      .datagram(Reply.acknowledgement(1)), .datagram(Reply.acknowledgement(4)),
    ])
    var socket = RouteSocket(over: script)
    #expect(throws: NetlinkError.refused(.deleteLink, object: "l2", .fileExists, kernel: "")) {
      try socket.execute((1...4).map(delete))
    }
    #expect(script.isPlayed)
  }

  @Test func longListsAreSentInBatches() throws {
    let batches = [1...64, 65...128, 129...130] as [ClosedRange<UInt32>]
    let script = ScriptedTransport(
      batches.map { batch in .datagram(batch.flatMap { Reply.acknowledgement($0, $0 == 70 || $0 == 129 ? .fileExists : nil) }) })
    var socket = RouteSocket(over: script)
    // The batches after the refusal are sent as well, and the first refusal is thrown.
    #expect(throws: NetlinkError.refused(.deleteLink, object: "l70", .fileExists, kernel: "")) {
      try socket.execute((1...130).map(delete))
    }
    #expect(try script.sent.map { try Message.all(in: $0).map(\.sequence) } == batches.map { Array($0) })
  }

  @Test func answersOfAllBatchesAreInOrder() throws {
    let script = ScriptedTransport([
      .datagram((1...64).flatMap { Reply.link($0, "l\($0)") }),
      .datagram((65...66).reversed().flatMap { Reply.link($0, "l\($0)") }),
    ])
    var socket = RouteSocket(over: script)
    #expect(try socket.links(indices: Array(1...66)).map { $0?.name } == (1...66).map { "l\($0)" })
  }

  @Test func silenceNamesTheFirstRequestWithoutAnAnswer() throws {
    let script = ScriptedTransport([.datagram(Reply.acknowledgement(1)), .datagram(Reply.acknowledgement(3))])
    var socket = RouteSocket(over: script)
    let error = refusal { () throws(NetlinkError) in try socket.execute((1...3).map(delete)) }
    #expect(error == .silent(.deleteLink, object: "l2", within: .seconds(30)))
    #expect(error?.description == "delete link l2: no answer from the kernel within 30 s")
  }

  @Test func afterSilenceALateAnswerIsIgnored() throws {
    let script = ScriptedTransport([
      .error(.resourceTemporarilyUnavailable), .datagram(Reply.link(1, "late")), .datagram(Reply.link(2, "a")),
    ])
    var socket = RouteSocket(over: script)
    #expect(throws: NetlinkError.self) { try socket.link(index: 7) }
    #expect(try socket.link(index: 7)?.name == "a")
  }

  @Test func signalsDoNotEndAnything() throws {
    let script = ScriptedTransport([.error(.interrupted), .error(.interrupted), .datagram(Reply.link(1, "a"))])
    script.sendInterruptions = 2
    var socket = RouteSocket(over: script)
    #expect(try socket.link(index: 7)?.name == "a")
    #expect(script.sent.count == 1)
  }

  @Test func lostAnswersAreAnError() throws {
    for step in [.error(.noBufferSpace), .datagram(Reply.message(NLMSG_OVERRUN, 0))] as [ScriptedTransport.Step] {
      var socket = RouteSocket(over: ScriptedTransport([step]))
      #expect(throws: NetlinkError.socket(.receive, .noBufferSpace)) { try socket.execute(delete(1)) }
    }
  }

  @Test func otherErrorsOfTheSocketAreThrown() throws {
    var socket = RouteSocket(over: ScriptedTransport([.error(.badFileDescriptor)]))
    #expect(throws: NetlinkError.socket(.receive, .badFileDescriptor)) { try socket.execute(delete(1)) }
  }

  @Test func datagramLongerThanTheBufferIsAnError() throws {
    var socket = RouteSocket(over: ScriptedTransport([.error(.noSpace)]))
    #expect(throws: NetlinkError.malformed(.showLink, object: "#7", .datagramCut)) { try socket.link(index: 7) }
  }

  @Test func cutMessageIsAnError() throws {
    let whole = Reply.acknowledgement(1) + Reply.link(2, "a")
    for cut in Reply.acknowledgement(1).count + 1..<whole.count {
      let script = ScriptedTransport([.datagram(Array(whole[..<cut]))])
      var socket = RouteSocket(over: script)
      let reason = MalformedReply.messageCut(size: cut - Reply.acknowledgement(1).count)
      #expect(throws: NetlinkError.malformed(.deleteLink, object: "l1", reason)) {
        try socket.transact([delete(1), Link.query(index: 7)])
      }
    }
  }

  @Test func acknowledgementWithoutAnErrnoIsAnError() throws {
    var socket = RouteSocket(over: ScriptedTransport([.datagram(Reply.message(NLMSG_ERROR, 1))]))
    #expect(throws: NetlinkError.malformed(.deleteLink, object: "l1", .headerCut(size: 0, needed: 4))) {
      try socket.execute(delete(1))
    }
  }

  @Test func acknowledgedQueryIsAnError() throws {
    var socket = RouteSocket(over: ScriptedTransport([.datagram(Reply.acknowledgement(1))]))
    #expect(throws: NetlinkError.malformed(.showLink, object: "#7", .noObject)) { try socket.link(index: 7) }
  }

  @Test func brokenObjectIsAnErrorAndNotAbsent() throws {
    let broken = Reply.message(Int32(RTM_NEWLINK), 1) { $0.header(ifinfomsg(index: 7)) }
    var socket = RouteSocket(over: ScriptedTransport([.datagram(broken)]))
    let error = refusal { () throws(NetlinkError) in _ = try socket.link(named: name("eth0")) }
    #expect(error == .malformed(.showLink, object: "eth0", .attributeMissing(type: 3)))
    #expect(error?.description == "show link eth0: the kernel's answer cannot be decoded: attribute 3 is missing")
  }
}
