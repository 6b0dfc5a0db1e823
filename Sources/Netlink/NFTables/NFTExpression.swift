import CLinux

/// One step of a rule: the kernel's small machine works on registers of four bytes, which have the numbers 0 to 15 here (nft(8), "EXPRESSIONS"
/// and "STATEMENTS").
package enum NFTExpression: Hashable, Sendable {
  /// Loads a property of the packet (NFT_META_*).
  case meta(Meta, into: Int)
  /// Loads bytes of the packet.
  case payload(Layer, offset: UInt32, length: UInt32, into: Int)
  /// Loads a property of the packet's connection (NFT_CT_*).
  case connection(Connection, into: Int)
  /// Loads the type of the destination address, as the routing tables know it (RTN_*).
  case destinationType(into: Int)
  /// Keeps the bits of a mask.
  case and(Int, mask: [UInt8])
  /// Ends the rule unless the register has this value.
  case equal(Int, [UInt8])
  /// Ends the rule if the register has this value.
  case notEqual(Int, [UInt8])
  /// Ends the rule unless a set has the key that starts at the register. A map's data is loaded.
  case lookup(Int, set: String, into: Int? = nil)
  /// Ends the rule if a set has the key.
  case lookupNot(Int, set: String)
  case verdict(Verdict)
  /// Gives the connection another destination, which is in registers.
  case destinationNAT(NetfilterMessage.Family, address: Int, port: Int)
  /// Gives the connection the source address of the interface that the packet leaves by.
  case masquerade
  /// A comment, as iptables-nft writes it. It matches every packet.
  case comment(String)
  /// Anything else, by the kernel's name for it.
  case other(String)

  package enum Meta: UInt32, Sendable {
    case incomingIndex = 4
    case incomingName = 6
    case outgoingName = 7
    case incomingType = 8
    case family = 15
    case transportProtocol = 16
  }

  package enum Layer: UInt32, Sendable { case link, network, transport }

  package enum Connection: UInt32, Sendable {
    case state = 0
    case status = 2
  }

  package enum Verdict: Hashable, Sendable {
    case accept, drop, `return`
    case jump(String)
    case goto(String)
  }
}

// MARK: - Writing

extension NFTExpression {
  func write(_ list: inout MessageWriter) {
    list.nested(NFTAttribute.listElement) { element in
      element.attribute(NFTAttribute.Expression.name, string: name)
      element.nested(NFTAttribute.Expression.data, writeData)
    }
  }

  private var name: String {
    switch self {
    case .meta: "meta"
    case .payload: "payload"
    case .connection: "ct"
    case .destinationType: "fib"
    case .and: "bitwise"
    case .equal, .notEqual: "cmp"
    case .lookup, .lookupNot: "lookup"
    case .verdict: "immediate"
    case .destinationNAT: "nat"
    case .masquerade: "masq"
    case .comment: "match"
    case .other(let name): name
    }
  }

  private func writeData(_ data: inout MessageWriter) {
    switch self {
    case .meta(let key, let register):
      data.number(NFTA_META_KEY.rawValue, key.rawValue)
      data.register(NFTA_META_DREG.rawValue, register)
    case .payload(let layer, let offset, let length, let register):
      data.register(NFTA_PAYLOAD_DREG.rawValue, register)
      data.number(NFTA_PAYLOAD_BASE.rawValue, layer.rawValue)
      data.number(NFTA_PAYLOAD_OFFSET.rawValue, offset)
      data.number(NFTA_PAYLOAD_LEN.rawValue, length)
    case .connection(let key, let register):
      data.number(NFTA_CT_KEY.rawValue, key.rawValue)
      data.register(NFTA_CT_DREG.rawValue, register)
    case .destinationType(let register):
      data.number(NFTA_FIB_FLAGS.rawValue, Self.destination)
      data.number(NFTA_FIB_RESULT.rawValue, NFT_FIB_RESULT_ADDRTYPE.rawValue)
      data.register(NFTA_FIB_DREG.rawValue, register)
    case .and(let register, let mask):
      data.register(NFTA_BITWISE_SREG.rawValue, register)
      data.register(NFTA_BITWISE_DREG.rawValue, register)
      data.number(NFTA_BITWISE_LEN.rawValue, UInt32(mask.count))
      data.value(NFTA_BITWISE_MASK.rawValue, mask)
      data.value(NFTA_BITWISE_XOR.rawValue, [UInt8](repeating: 0, count: mask.count))
    case .equal(let register, let value): data.comparison(NFT_CMP_EQ, register, value)
    case .notEqual(let register, let value): data.comparison(NFT_CMP_NEQ, register, value)
    case .lookup(let register, let set, let target):
      data.lookup(set, register, into: target, flags: 0)
    case .lookupNot(let register, let set): data.lookup(set, register, into: nil, flags: NFT_LOOKUP_F_INV.rawValue)
    case .verdict(let verdict):
      data.number(NFTA_IMMEDIATE_DREG.rawValue, 0)
      data.nested(Int(NFTA_IMMEDIATE_DATA.rawValue)) {
        $0.nested(NFTAttribute.Data.verdict) {
          $0.attribute(NFTAttribute.Verdict.code, UInt32(bitPattern: verdict.code).bigEndian)
          if let chain = verdict.chain { $0.attribute(NFTAttribute.Verdict.chain, string: chain) }
        }
      }
    case .destinationNAT(let family, let address, let port):
      data.number(NFTA_NAT_TYPE.rawValue, NFT_NAT_DNAT.rawValue)
      data.number(NFTA_NAT_FAMILY.rawValue, UInt32(family.rawValue))
      data.register(NFTA_NAT_REG_ADDR_MIN.rawValue, address)
      data.register(NFTA_NAT_REG_PROTO_MIN.rawValue, port)
    case .comment(let text):
      // The match of iptables has room for 256 bytes.
      let bytes = Array(text.utf8.prefix(255))
      data.attribute(Int(NFTA_MATCH_NAME.rawValue), string: "comment")
      data.number(NFTA_MATCH_REV.rawValue, 0)
      data.attribute(Int(NFTA_MATCH_INFO.rawValue), bytes + [UInt8](repeating: 0, count: 256 - bytes.count))
    case .masquerade, .other: break
    }
  }

  /// NFTA_FIB_F_DADDR.
  private static let destination: UInt32 = 1 << 1
}

extension NFTExpression.Verdict {
  /// NF_* of linux/netfilter.h, and NFT_*.
  fileprivate var code: Int32 {
    switch self {
    case .accept: NetfilterVerdict.accept
    case .drop: NetfilterVerdict.drop
    case .return: NFT_RETURN.rawValue
    case .jump: NFT_JUMP.rawValue
    case .goto: NFT_GOTO.rawValue
    }
  }

  fileprivate var chain: String? {
    switch self {
    case .jump(let chain), .goto(let chain): chain
    case .accept, .drop, .return: nil
    }
  }

  /// Nil for a verdict that we have no use for.
  fileprivate init?(code: Int32, chain: String?) {
    switch (code, chain) {
    case (NetfilterVerdict.accept, _): self = .accept
    case (NetfilterVerdict.drop, _): self = .drop
    case (NFT_RETURN.rawValue, _): self = .return
    case (NFT_JUMP.rawValue, let chain?): self = .jump(chain)
    case (NFT_GOTO.rawValue, let chain?): self = .goto(chain)
    default: return nil
    }
  }
}

extension MessageWriter {
  fileprivate mutating func number(_ type: UInt32, _ value: UInt32) { attribute(Int(type), value.bigEndian) }

  /// The kernel knows a register of four bytes that starts one of 16 bytes by the latter's number.
  fileprivate mutating func register(_ type: UInt32, _ register: Int) {
    number(type, UInt32(register % 4 == 0 ? register / 4 + 1 : register + Int(NFT_REG32_00.rawValue)))
  }

  fileprivate mutating func value(_ type: UInt32, _ bytes: [UInt8]) {
    nested(Int(type)) { $0.attribute(NFTAttribute.Data.value, bytes) }
  }

  fileprivate mutating func comparison(_ operation: nft_cmp_ops, _ register: Int, _ bytes: [UInt8]) {
    self.register(NFTA_CMP_SREG.rawValue, register)
    number(NFTA_CMP_OP.rawValue, operation.rawValue)
    value(NFTA_CMP_DATA.rawValue, bytes)
  }

  fileprivate mutating func lookup(_ set: String, _ register: Int, into target: Int?, flags: UInt32) {
    self.register(NFTA_LOOKUP_SREG.rawValue, register)
    if let target { self.register(NFTA_LOOKUP_DREG.rawValue, target) }
    attribute(Int(NFTA_LOOKUP_SET.rawValue), string: set)
    if flags != 0 { number(NFTA_LOOKUP_FLAGS.rawValue, flags) }
  }
}

// MARK: - Reading

extension NFTExpression {
  /// An expression that cannot be one of ours is `other`.
  init(_ element: Attributes) throws(MalformedReply) {
    let name = try element.required(NFTAttribute.Expression.name, element.string(NFTAttribute.Expression.name))
    self = .other(name)
    guard let data = try element.nested(NFTAttribute.Expression.data) else { return }
    if let known = try Self.read(name, data) { self = known }
  }

  private static func read(_ name: String, _ data: Attributes) throws(MalformedReply) -> NFTExpression? {
    switch name {
    case "meta":
      guard let key = try data.number(NFTA_META_KEY.rawValue).flatMap(Meta.init),
        let register = try data.register(NFTA_META_DREG.rawValue)
      else { return nil }
      return .meta(key, into: register)
    case "payload":
      guard let layer = try data.number(NFTA_PAYLOAD_BASE.rawValue).flatMap(Layer.init),
        let register = try data.register(NFTA_PAYLOAD_DREG.rawValue),
        let offset = try data.number(NFTA_PAYLOAD_OFFSET.rawValue), let length = try data.number(NFTA_PAYLOAD_LEN.rawValue)
      else { return nil }
      return .payload(layer, offset: offset, length: length, into: register)
    case "ct":
      guard let key = try data.number(NFTA_CT_KEY.rawValue).flatMap(Connection.init),
        let register = try data.register(NFTA_CT_DREG.rawValue)
      else { return nil }
      return .connection(key, into: register)
    case "fib":
      guard try data.number(NFTA_FIB_RESULT.rawValue) == NFT_FIB_RESULT_ADDRTYPE.rawValue,
        try data.number(NFTA_FIB_FLAGS.rawValue) == destination, let register = try data.register(NFTA_FIB_DREG.rawValue)
      else { return nil }
      return .destinationType(into: register)
    case "bitwise": return try and(data)
    case "cmp":
      guard let register = try data.register(NFTA_CMP_SREG.rawValue), let value = try data.value(NFTA_CMP_DATA.rawValue)
      else { return nil }
      switch try data.number(NFTA_CMP_OP.rawValue) {
      case NFT_CMP_EQ.rawValue: return .equal(register, value)
      case NFT_CMP_NEQ.rawValue: return .notEqual(register, value)
      default: return nil
      }
    case "lookup": return try lookup(data)
    case "immediate":
      guard let verdict = try data.nested(Int(NFTA_IMMEDIATE_DATA.rawValue))?.nested(NFTAttribute.Data.verdict),
        let code = try verdict.bigEndian(NFTAttribute.Verdict.code, UInt32.self)
      else { return nil }
      return Verdict(code: Int32(bitPattern: code), chain: verdict.string(NFTAttribute.Verdict.chain)).map { .verdict($0) }
    case "nat": return try destinationNAT(data)
    case "masq": return .masquerade
    case "match":
      guard data.string(Int(NFTA_MATCH_NAME.rawValue)) == "comment", let text = data.string(Int(NFTA_MATCH_INFO.rawValue))
      else { return nil }
      return .comment(text)
    default: return nil
    }
  }

  private static func and(_ data: Attributes) throws(MalformedReply) -> NFTExpression? {
    guard let register = try data.register(NFTA_BITWISE_SREG.rawValue),
      try data.register(NFTA_BITWISE_DREG.rawValue) == register, let mask = try data.value(NFTA_BITWISE_MASK.rawValue),
      try data.value(NFTA_BITWISE_XOR.rawValue)?.allSatisfy({ $0 == 0 }) == true
    else { return nil }
    return .and(register, mask: mask)
  }

  private static func lookup(_ data: Attributes) throws(MalformedReply) -> NFTExpression? {
    guard let set = data.string(Int(NFTA_LOOKUP_SET.rawValue)), let register = try data.register(NFTA_LOOKUP_SREG.rawValue)
    else { return nil }
    let flags = try data.number(NFTA_LOOKUP_FLAGS.rawValue) ?? 0
    let target = try data.register(NFTA_LOOKUP_DREG.rawValue)
    switch (flags, target) {
    case (0, _): return .lookup(register, set: set, into: target)
    case (NFT_LOOKUP_F_INV.rawValue, nil): return .lookupNot(register, set: set)
    default: return nil
    }
  }

  private static func destinationNAT(_ data: Attributes) throws(MalformedReply) -> NFTExpression? {
    guard try data.number(NFTA_NAT_TYPE.rawValue) == NFT_NAT_DNAT.rawValue,
      let family = try data.number(NFTA_NAT_FAMILY.rawValue).flatMap({ UInt8(exactly: $0) })
        .flatMap(NetfilterMessage.Family.init),
      let address = try data.register(NFTA_NAT_REG_ADDR_MIN.rawValue),
      let port = try data.register(NFTA_NAT_REG_PROTO_MIN.rawValue)
    else { return nil }
    return .destinationNAT(family, address: address, port: port)
  }
}

extension Attributes {
  fileprivate func number(_ type: UInt32) throws(MalformedReply) -> UInt32? { try bigEndian(Int(type), UInt32.self) }

  /// Nil for the register of verdicts, and for a number that no register has.
  fileprivate func register(_ type: UInt32) throws(MalformedReply) -> Int? {
    switch try number(type) {
    case let number? where (1...4).contains(number): (Int(number) - 1) * 4
    case let number? where (NFT_REG32_00.rawValue...NFT_REG32_15.rawValue).contains(number): Int(number - NFT_REG32_00.rawValue)
    default: nil
    }
  }

  fileprivate func value(_ type: UInt32) throws(MalformedReply) -> [UInt8]? {
    try nested(Int(type))?[NFTAttribute.Data.value].map { Array($0) }
  }
}
