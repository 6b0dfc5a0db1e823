import CLinux
import Glibc
import NetworkTypes
import System
import Testing

@testable import Netlink

/// The kernel's acknowledgements and refusals.
@Suite struct AcknowledgementTests {
  @Test func refusalHasTheKernelsWords() throws {
    let message = try #require(try Message.all(in: Captured.refusal).first)
    let acknowledgement = try Acknowledgement(message)
    #expect(acknowledgement.errno == .invalidArgument && acknowledgement.text == "mtu greater than device maximum")
    let error = acknowledgement.failure(of: LinkChange(mtu: try MTU(65535)).request(2, label: "eth0"))
    #expect(error?.description == "set link eth0 (MTU 65535): Invalid argument (kernel: mtu greater than device maximum)")
  }

  @Test func cappedRefusalIsRead() throws {
    // The same with NETLINK_CAP_ACK: NLM_F_CAPPED (0x100), of the request only the header.
    var short = Captured.refusal
    short.removeSubrange(36..<60)
    short[0] = UInt8(short.count)
    short[7] |= 0x01
    let acknowledgement = try #require(try Message.all(in: short).first.flatMap { try Acknowledgement($0) })
    #expect(acknowledgement == Acknowledgement(errno: .invalidArgument, text: "mtu greater than device maximum"))
  }

  @Test func acknowledgementIsNoError() throws {
    let datagram = bytes("2400000002000001e8e4036b21530000000000003800000010000506e8e4036b00000000")
    let message = try #require(try Message.all(in: datagram).first)
    #expect(try Acknowledgement(message) == Acknowledgement(errno: nil, text: ""))
  }

  @Test func endOfADumpCanBeAnError() throws {
    // NLMSG_DONE with -EOPNOTSUPP.
    let message = try #require(try Message.all(in: bytes("14000000 0300 0200 00000000 00000000 a1ffffff")).first)
    #expect(try Acknowledgement(message).errno?.rawValue == 95)
  }

  @Test func codesThatAreNoErrnoAreErrors() throws {
    for code in ["00000080", "01000000", "ffffff7f", "00f0ffff"] {
      let message = try #require(try Message.all(in: bytes("14000000 0200 0000 00000000 00000000" + code)).first)
      #expect(try Acknowledgement(message).errno == .protocolError, "\(code)")
    }
  }

  @Test func brokenWordsDoNotHideTheErrno() throws {
    // The extended acknowledgement's attribute claims 200 bytes.
    var datagram = Captured.refusal
    datagram[60] = 200
    let message = try #require(try Message.all(in: datagram).first)
    #expect(try Acknowledgement(message) == Acknowledgement(errno: .invalidArgument, text: ""))
  }

  @Test func errnoIsNeededInARefusal() throws {
    for size in 0..<4 {
      var datagram = Reply.message(NLMSG_ERROR, 1) + [UInt8](repeating: 0, count: size)
      datagram[0] = UInt8(16 + size)
      let message = try #require(try Message.all(in: datagram).first)
      #expect(throws: MalformedReply.headerCut(size: size, needed: 4)) { try Acknowledgement(message) }
    }
  }
}
