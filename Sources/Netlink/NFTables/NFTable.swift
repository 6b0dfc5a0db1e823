import CLinux

/// A table of nf_tables (nft(8), "TABLES").
package struct NFTable: Hashable, Sendable, CustomStringConvertible {
  package let family: NetfilterMessage.Family
  package let name: String

  package init(_ family: NetfilterMessage.Family, _ name: String) { (self.family, self.name) = (family, name) }

  /// As nft(8) names it: `inet braid`.
  package var description: String { "\(family) \(name)" }

  /// Makes the table unless it is there. nft shows the comment.
  package func add(comment: String) -> Request {
    var message = message(NFT_MSG_NEWTABLE, NLM_F_CREATE)
    message.attribute(NFTAttribute.Table.name, string: name)
    message.attribute(NFTAttribute.Table.flags, UInt32(0))
    message.attribute(NFTAttribute.Table.userData, NFTUserData.comment(comment, as: NFTUserData.Comment.table))
    return Request(.addTable, description, message)
  }

  /// Asks for the table, which may not be there.
  var query: Request {
    var message = message(NFT_MSG_GETTABLE, 0)
    message.attribute(NFTAttribute.Table.name, string: name)
    return Request(.showTable, description, message, absence: [.noSuchFileOrDirectory])
  }

  /// Deletes the table with everything in it. Fails with ENOENT if it is not there.
  package var delete: Request {
    var message = message(NFT_MSG_DELTABLE, 0)
    message.attribute(NFTAttribute.Table.name, string: name)
    return Request(.deleteTable, description, message)
  }

  /// Starts a message about the table or something in it.
  func message(_ type: nf_tables_msg_types, _ flags: Int32) -> MessageWriter {
    NetfilterMessage.start(.nftables, type.rawValue, family, flags: flags)
  }
}

extension NetfilterSocket {
  package mutating func has(_ table: NFTable) throws(NetlinkError) -> Bool { try transact([table.query])[0] != nil }
}
