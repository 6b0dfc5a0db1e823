import NetworkTypes
import Testing

@Suite struct AddressTests {
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("10.1.2.3", "10.1.2.3"), ("::", "::"), ("::1", "::1"),
    ("1::", "1::"), ("fe80:0:0:0:0:0:0:1", "fe80::1"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:0:2:0:0:3:0:0", "1:0:2::3:0:0"),
    ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("::1.2.3.4", "::102:304"), ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
  ])
  func textFormsAreReadAndWritten(_ text: String, _ canonical: String) throws {
    let address = try IPAddress(text)
    #expect(address.description == canonical)
    #expect(try IPAddress(canonical) == address)
    #expect(IPAddress(bytes: address.bytes) == address)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", ":", ":::", "1:", ":1", "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "12345::", "g::", "1:2:3:4:5:6:7", "::1%eth0", "1.2.3.4::", "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "-1.2.3.4",
    "1:2:3:4:5:6:7:8::",
  ])
  func whatIsNoAddressIsRefused(_ text: String) {
    #expect(throws: NetworkTypeError.address(text)) { try IPAddress(text) }
  }

  @Test func familiesDoNotMix() throws {
    #expect(try IPAddress("::ffff:1.2.3.4").family == .ipv6)
    #expect(try IPAddress("255.255.255.255").advanced(by: 1) == nil)
    #expect(try IPAddress("10.0.0.255").advanced(by: 1)?.description == "10.0.1.0")
    #expect(try IPAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").advanced(by: 1) == nil)
    #expect(try IPAddress("9.9.9.9") < IPAddress("::"))
  }

  @Test func kindsOfAddresses() throws {
    #expect(try IPAddress("127.9.9.9").isLoopback && IPAddress("::1").isLoopback && !IPAddress("128.0.0.1").isLoopback)
    #expect(try IPAddress("224.0.0.1").isMulticast && IPAddress("ff02::1").isMulticast && !IPAddress("223.0.0.1").isMulticast)
    #expect(try IPAddress("169.254.1.1").isLinkLocal && IPAddress("febf::1").isLinkLocal && !IPAddress("fec0::1").isLinkLocal)
  }
}

@Suite struct CIDRTests {
  @Test func hostBitsAreKeptAndDropped() throws {
    let cidr = try CIDR("10.1.2.3/22")
    #expect(cidr.description == "10.1.2.3/22")
    #expect(cidr.network.description == "10.1.0.0/22")
    #expect(cidr.last.description == "10.1.3.255")
    #expect(try cidr.contains(IPAddress("10.1.3.1")) && !cidr.contains(IPAddress("10.1.4.0")) && !cidr.contains(IPAddress("::")))
    #expect(try CIDR("::/0").last == IPAddress("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
    #expect(try CIDR("0.0.0.0/0").contains(IPAddress("255.255.255.255")))
    #expect(try CIDR(host: IPAddress("::1")).description == "::1/128")
  }

  @Test func overlapIsSymmetric() throws {
    let (wide, narrow, other) = (try CIDR("10.0.0.0/8"), try CIDR("10.200.0.0/24"), try CIDR("11.0.0.0/24"))
    #expect(wide.overlaps(narrow) && narrow.overlaps(wide) && !wide.overlaps(other) && !other.overlaps(narrow))
    #expect(try !wide.overlaps(CIDR("::/0")))
  }

  @Test(arguments: [
    "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/1/2", "/8", "10.0.0/8", "1.1.1.1/+8",
    "1.1.1.1/0008",
  ])
  func whatIsNoCIDRIsRefused(_ text: String) {
    #expect(throws: NetworkTypeError.self) { try CIDR(text) }
  }
}

@Suite struct LinkTypeTests {
  @Test(arguments: [
    ("02:42:ac:11:00:02", "02:42:ac:11:00:02"), ("0A-0B-0C-0D-0E-0F", "0a:0b:0c:0d:0e:0f"),
    ("0242.ac11.0002", "02:42:ac:11:00:02"),
  ])
  func hardwareAddressesAreRead(_ text: String, _ canonical: String) throws {
    #expect(try MACAddress(text).description == canonical)
  }

  @Test(arguments: [
    "", "02:42:ac:11:00", "02:42:ac:11:00:0g", "02:42-ac:11:00:02", "024:2a:c1:10:00:2", "02:42:ac:11:00:02:03", "0242.ac11:0002",
  ])
  func whatIsNoHardwareAddressIsRefused(_ text: String) {
    #expect(throws: NetworkTypeError.mac(text)) { try MACAddress(text) }
  }

  @Test(
    arguments: [
      ("", .empty), ("0123456789abcdef", .tooLong), (".", .dots), ("..", .dots), ("a/b", .forbiddenCharacter),
      ("a:b", .forbiddenCharacter),
      ("a b", .forbiddenCharacter), ("a\tb", .forbiddenCharacter), ("a\u{b}b", .forbiddenCharacter), ("à", .forbiddenCharacter),
      ("a\u{0}", .forbiddenCharacter),
    ] as [(String, NetworkTypeError.InterfaceNameRule)])
  func interfaceNamesFollowTheKernel(_ text: String, _ rule: NetworkTypeError.InterfaceNameRule) {
    #expect(throws: NetworkTypeError.interfaceName(text, rule)) { try InterfaceName(text) }
  }

  @Test(arguments: ["eth0", "0123456789abcde", "a@b", "-x", "...", "é"])
  func otherNamesAreFine(_ text: String) throws { #expect(try InterfaceName(text).text == text) }

  @Test func mtuHasBounds() throws {
    #expect(try MTU(68).bytes == 68 && MTU(65535).bytes == 65535)
    #expect(throws: NetworkTypeError.mtu(67)) { try MTU(67) }
    #expect(throws: NetworkTypeError.mtu(65536)) { try MTU(65536) }
  }
}
