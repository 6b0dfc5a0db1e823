import CLinux
import Glibc
import Testing

@testable import Netlink

/// Qdiscs and their classes in both directions.
///
/// The requests of tc(8) are shown without its tables of rates (`rtab`), which the kernel has not needed since 3.8, and which we do not send.
@Suite struct QdiscTests {
  /// The bucket of 100 KiB at 10 Mbit/s.
  private static let bucket = TBF(rate: 1_250_000, buffer: Ticks(count: 1_280_000), limit: 204_800)
  private static let large = TBF(rate: 10_000_000_000, buffer: Ticks(count: 163_839), limit: 209_715_200)

  private func link(_ index: Int32) throws -> Link {
    try captured(
      Reply.message(Int32(RTM_NEWLINK), 0) {
        $0.header(ifinfomsg(index: index))
        $0.attribute(LinkAttribute.name, string: "v0")
      })
  }

  private func qdisc(_ bytes: [UInt8]) throws -> Qdisc? {
    try Message.all(in: bytes).first.flatMap { (message) throws(MalformedReply) in try Qdisc(message) }
  }

  private func htbClass(_ bytes: [UInt8]) throws -> HTBClass {
    let message = try #require(try Message.all(in: bytes).first)
    return try #require(try HTBClass(message))
  }

  @Test func theKernelsAnswersAreRead() throws {
    let all = try Message.all(in: Captured.qdiscs).compactMap { (message) throws(MalformedReply) in try Qdisc(message) }
    #expect(
      all.map(\.kind) == [
        .tbf(Self.large), .tbf(Self.bucket), .ingress, .htb(HTB(defaultClass: 1)), .bfifo(BFIFO(limit: 204_800)),
      ])
    #expect(all.map(\.link) == [1, 2, 2, 3, 3])
    #expect(all.map(\.handle.description) == ["1:", "1:", "ffff:", "1:", "2:"])
    #expect(all.map(\.parent.description) == ["root", "root", "ingress", "root", "1:1"])
  }

  @Test func tbfIsMade() throws {
    // tc qdisc add dev v0 root handle 1: tbf rate 10mbit burst 100kb limit 200kb
    let theirs = bytes(
      """
      6000000024000506365a0a6b00000000000000000200000000000100ffffffff000000000800010074626600340002002800010003010000ffff
      0000d01213000000000000000000000000000020030000881300000000000800060000900100
      """)
    let ours = Qdisc.add(.tbf(Self.bucket), TrafficHandle(1), to: try link(2))
    #expect(try qdisc(ours.message.bytes) == qdisc(theirs))
    #expect(try qdisc(theirs)?.kind == .tbf(Self.bucket))
    #expect(ours.object == "tbf dev v0 root")
  }

  /// A rate that 32 bits cannot hold has an attribute of its own.
  @Test func largeRates() throws {
    // tc qdisc add dev lo root handle 1: tbf rate 80gbit burst 100mb limit 200mb
    let theirs = bytes(
      """
      6c00000024000506385a0a6b00000000000000000100000000000100ffffffff000000000800010074626600400002002800010003010000ffff
      0000ffffffff0000000000000000000000000000800c1cd205000000000008000600000040060c00040000e40b5402000000
      """)
    let ours = Qdisc.add(.tbf(Self.large), TrafficHandle(1), to: try link(1)).message.bytes
    #expect(try qdisc(ours)?.kind == .tbf(Self.large))
    // tc(8) computes the bucket's time from the 32 bits of the rate, and adds its size in another attribute.
    guard case .tbf(let read)? = try qdisc(theirs)?.kind else {
      Issue.record("no tbf")
      return
    }
    #expect(read.rate == Self.large.rate && read.limit == Self.large.limit)
    let edge = TBF(rate: UInt64(UInt32.max), buffer: .max, limit: .max)
    #expect(try qdisc(Qdisc.add(.tbf(edge), TrafficHandle(1), to: try link(1)).message.bytes)?.kind == .tbf(edge))
  }

  @Test func ingressIsMade() throws {
    // tc qdisc add dev v0 ingress
    let theirs = bytes(
      """
      3000000024000506375a0a6b0000000000000000020000000000fffff1ffffff000000000c000100696e677265737300
      """)
    let ours = Qdisc.add(.ingress, .ingressQdisc, under: .ingress, to: try link(2))
    #expect(ours.meaning(header: 20) == Meaning(theirs, header: 20))
  }

  @Test func htbIsMade() throws {
    // tc qdisc add dev ifb0 root handle 1: htb default 1
    let theirs = bytes(
      """
      4800000024000506375a0a6b00000000000000000300000000000100ffffffff0000000008000100687462001c00020018000200030000000a00
      0000010000000000000000000000
      """)
    let ours = Qdisc.add(.htb(HTB(defaultClass: 1)), TrafficHandle(1), to: try link(3))
    #expect(ours.meaning(header: 20, nests: [[2]: 0]) == Meaning(theirs, header: 20, nests: [[2]: 0]))
  }

  @Test func htbClassIsMade() throws {
    // tc class add dev ifb0 parent 1: classid 1:1 htb rate 10mbit burst 100kb cburst 100kb quantum 1500
    let theirs = bytes(
      """
      6000000028000506375a0a6b0000000000000000030000000100010000000100000000000800010068746200340002003000010003010000ffff
      0000d012130003010000ffff0000d01213000088130000881300dc0500000000000000000000
      """)
    let ours = HTBClass.add(
      TrafficHandle(1, 1), rate: Self.bucket.rate, buffer: Self.bucket.buffer, quantum: 1500, to: try link(3)
    ).message.bytes
    let read = try [theirs, ours, Captured.htbClass].map { bytes in try htbClass(bytes) }
    #expect(read.allSatisfy { $0 == read[0] } && read[0].isStrict)
    #expect(read[0].handle.description == "1:1" && read[0].rate == 1_250_000 && read[0].buffer == Self.bucket.buffer)
    let large = HTBClass.add(TrafficHandle(1, 1), rate: 1 << 40, buffer: .max, quantum: 1500, to: try link(3)).message.bytes
    let back = try htbClass(large)
    #expect(back.rate == 1 << 40 && back.buffer == .max && back.isStrict)
  }

  @Test func bfifoIsMade() throws {
    // tc qdisc add dev ifb0 parent 1:1 handle 2: bfifo limit 200kb
    let theirs = bytes(
      """
      3800000024000506375a0a6b0000000000000000030000000000020001000100000000000a000100626669666f0000000800020000200300
      """)
    let ours = Qdisc.add(.bfifo(BFIFO(limit: 204_800)), TrafficHandle(2), under: TrafficHandle(1, 1), to: try link(3))
    #expect(ours.meaning(header: 20) == Meaning(theirs, header: 20))
  }

  @Test func ifbIsMade() throws {
    // ip link add ifb0 mtu 1400 address fe:00:00:00:00:01 up type ifb
    let theirs = bytes(
      """
      4c00000010000506365a0a6b000000000000000000000000010000000100000008000400780500000a000100fe00000000010000090003006966
      6230000000000c0012000700010069666200
      """)
    let ours = NewLink(name: name("ifb0"), kind: .ifb, mac: mac("fe:00:00:00:00:01"), mtu: try .init(1400), isUp: true).request
    #expect(ours.meaning(header: 16, nests: [[18]: 0]) == Meaning(theirs, header: 16, nests: [[18]: 0]))
    #expect(try kind(ours) == .ifb)
  }

  /// A kind with options that we do not know is read nevertheless. One of ours without its options is not ours.
  @Test func otherKinds() throws {
    func kind(_ name: String, _ more: (inout MessageWriter) -> Void = { _ in }) throws -> Qdisc.Kind? {
      try qdisc(
        Reply.message(Int32(RTM_NEWQDISC), 0) {
          $0.header(tcmsg(1, parent: .root))
          $0.attribute(TrafficControlAttribute.kind, string: name)
          more(&$0)
        })?.kind
    }
    #expect(try kind("fq_codel") { $0.attribute(TrafficControlAttribute.options, [1, 2, 3] as [UInt8]) } == .other("fq_codel"))
    #expect(try kind("noqueue") == .other("noqueue") && kind("tbf") == .other("tbf"))
    #expect(throws: MalformedReply.attributeMissing(type: TrafficControlAttribute.TBF.parameters)) {
      try kind("tbf") { $0.nest(TrafficControlAttribute.options) { $0.attribute(99, UInt32(1)) } }
    }
    #expect(throws: MalformedReply.attributeSize(type: TrafficControlAttribute.TBF.parameters, size: 4)) {
      try kind("tbf") {
        $0.nest(TrafficControlAttribute.options) { $0.attribute(TrafficControlAttribute.TBF.parameters, UInt32(1)) }
      }
    }
  }

  @Test func ticks() {
    // One tick is 64 ns.
    #expect(
      Ticks(microseconds: 0).count == 0 && Ticks(microseconds: 1).count == 15 && Ticks(microseconds: 100_000).count == 1_562_500)
    #expect(Ticks(microseconds: 274_877_906).count == 4_294_967_281)
    #expect(Ticks(microseconds: 274_877_907) == .max && Ticks(microseconds: .max) == .max)
    // Rounded up: a packet of 1514 bytes must fit.
    #expect(Ticks(bytes: 1514, rate: 125_000_000).count == 190 && Ticks(bytes: 64, rate: 1_000_000_000).count == 1)
    #expect(Ticks(bytes: 1, rate: 1).count == 15_625_000 && Ticks(bytes: 0, rate: 1).count == 0)
    #expect(
      Ticks(bytes: 275, rate: 1) == .max && Ticks(bytes: .max, rate: 1) == .max
        && Ticks(bytes: .max, rate: .max).count == 15_625_000)
  }

  @Test func handles() {
    #expect(TrafficHandle(1).description == "1:" && TrafficHandle(1, 0x10).description == "1:10")
    #expect(TrafficHandle.ingressQdisc.description == "ffff:" && TrafficHandle.root.bits == 0xffff_ffff)
  }
}
