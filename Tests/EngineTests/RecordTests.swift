import CNI
import JSON
import NetworkTypes
import System
import Testing

@testable import Engine

@Suite struct RecordTests {
  private func record() throws -> Record {
    let delegate = PlannedDelegate(
      type: "bridge", configuration: ["cniVersion": "1.0.0", "name": "pods", "type": "bridge", "x": ["y": .number("1.50")]])
    let attachment = PlannedAttachment(
      network: try NetworkName("pods"), interface: try InterfaceName("eth0"),
      defaultRoute: .init(required: [.ipv4], allowed: [.ipv6], gateways: [try IPAddress("10.0.0.9")]), delegates: [delegate],
      args: try CNIArguments("IgnoreUnknown=1;A=b"), isChecked: false, isInResult: false, acceptsRA: false)
    var interface = CNIResult.Interface(name: "eth0", mtu: 1400, sandbox: "/n")
    let withoutNumbers = interface
    interface.numbers = .init(index: 4, parent: 9, parentNamespace: 0)
    let result = CNIResult(
      interfaces: [interface, .init(name: "br0")], ips: [.init(interface: 0, address: try CIDR("10.0.0.2/24"))])
    return Record(
      state: .complete, containerID: try ContainerID("c1"), ifName: try InterfaceName("eth0"), configuration: "braid",
      netns: "/n",
      netnsIdentity: .init(device: 4, inode: .max), bootID: "b", path: ["/opt/cni/bin"],
      plan: Plan(rule: "everyone", attachments: [attachment]), results: [result], result: CNIResult(interfaces: [withoutNumbers]))
  }

  private func bytes(_ record: Record) -> [UInt8] { Array(record.json.text().utf8) }

  @Test func whatIsWrittenIsReadBack() throws {
    let record = try record()
    #expect(try Record(bytes(record), file: "f") == record)
  }

  @Test func everyTruncationIsAnErrorThatNamesTheFile() throws {
    let whole = bytes(try record())
    for length in 0..<whole.count {
      let error = try #require(throws: RecordError.self) { try Record(Array(whole[..<length]), file: "/x/y.json") }
      #expect(error.description.contains("/x/y.json"))
    }
  }

  @Test func anUnknownVersionIsAnError() throws {
    let text = String(decoding: bytes(try record()), as: UTF8.self).replacing("record/v1", with: "record/v9")
    #expect(throws: RecordError.version(file: "f", found: "braid/record/v9")) { try Record(Array(text.utf8), file: "f") }
  }

  @Test func keysAreFileNamesAndBack() throws {
    let key = Attachment(try ContainerID("a.b-c_d"), try InterfaceName("e@f.g"))
    #expect(Attachment(file: key.file) == key)
    #expect(Attachment(file: "x") == nil && Attachment(file: ".a@b.json.1.tmp") == nil && Attachment(file: "@b.json") == nil)
  }
}
