import CLinux

extension NetfilterSocket {
  /// The number of the ruleset's generation, which grows with every change that anybody makes.
  ///
  /// Throws if the kernel has no nf_tables.
  package mutating func generation() throws(NetlinkError) -> UInt32 {
    let request = Self.generationQuery
    guard let answer = try transact([request])[0] else { throw .malformed(request.operation, object: request.object, .noObject) }
    return try request.decode { () throws(MalformedReply) in
      let attributes = try answer.attributes(after: nfgenmsg.self)
      return try attributes.required(
        NFTAttribute.Generation.id, try attributes.bigEndian(NFTAttribute.Generation.id, UInt32.self))
    }
  }

  private static var generationQuery: Request {
    Request(
      .showGeneration, "", NetfilterMessage.start(.nftables, NFT_MSG_GETGEN.rawValue, .unspecified, flags: 0))
  }
}
