import Testing

@testable import Netlink

/// Attributes and messages, whatever they mean.
@Suite struct AttributesTests {
  private func read(_ text: String) throws -> [Int: [UInt8]] {
    Dictionary(uniqueKeysWithValues: try Attributes(bytes(text)[...]).all.map { ($0.type, Array($0.value)) })
  }

  @Test func valuesAreTakenWithoutTheirPadding() throws {
    #expect(try read("0500 0100 07000000 0400 0200 0800 0380 01020304") == [1: [7], 2: [], 3: [1, 2, 3, 4]])
    #expect(try read("") == [:])
  }

  @Test func lastOfOneTypeCounts() throws {
    #expect(try Attributes(bytes("0800 0100 01000000 0800 0100 02000000")[...]).number(1, UInt32.self) == 2)
  }

  @Test func paddingAtTheEndMayBeMissingOrLonger() throws {
    for padding in ["", "00", "0000", "000000"] { #expect(try read("0500 0100 07" + padding) == [1: [7]]) }
    for padding in ["00", "0000", "000000"] { #expect(try read("0800 0100 07000000" + padding).count == 1) }
  }

  @Test func startOfAnAttributeAtTheEndIsAnError() {
    for rest in ["08", "0800", "0800 01", "000001"] {
      #expect(throws: MalformedReply.attributeCut(type: nil)) { try read("0800 0100 07000000" + rest) }
    }
  }

  @Test func impossibleLengthsAreErrors() {
    for length in ["0000", "0100", "0300", "0900", "ffff"] {
      #expect(throws: MalformedReply.attributeCut(type: 5)) { try read(length + "0500 07000000") }
    }
  }

  @Test func numbersHaveTheirExactSize() throws {
    let attributes = try Attributes(bytes("0600 0100 0102 0000 0800 0200 01020304")[...])
    #expect(try attributes.number(1, UInt16.self) == 0x201 && attributes.number(2, UInt32.self) == 0x403_0201)
    #expect(try attributes.number(3, UInt32.self) == nil)
    #expect(throws: MalformedReply.attributeSize(type: 1, size: 2)) { try attributes.number(1, UInt32.self) }
    #expect(throws: MalformedReply.attributeSize(type: 2, size: 4)) { try attributes.number(2, UInt16.self) }
  }

  @Test func datagramsAreSplitIntoMessages() throws {
    let messages = try Message.all(
      in: bytes("11000000 0100 0200 03000000 04000000 05000000 10000000 0600 0700 08000000 09000000"))
    #expect(messages.map(\.type) == [1, 6] && messages.map(\.flags) == [2, 7] && messages.map(\.sequence) == [3, 8])
    #expect(messages.map { Array($0.payload) } == [[5], []])
    #expect(try Message.all(in: []).isEmpty)
  }

  @Test func impossibleMessagesAreErrors() {
    for length in ["00000000", "0f000000", "11000000", "ffffffff"] {
      #expect(throws: MalformedReply.messageCut(size: 16)) { try Message.all(in: bytes(length + "0100 0200 03000000 04000000")) }
    }
    #expect(throws: MalformedReply.messageCut(size: 3)) {
      try Message.all(in: bytes("10000000 0100 0200 03000000 04000000 100000"))
    }
  }
}
