import CLinux

/// An element of a set or map (nft(8), "SET AND MAP ELEMENTS").
package struct NFTElement: Hashable, Sendable {
  package let set: NFTSet
  /// The key's bytes, in the form that `NFTSet.bytes` gives them.
  package let key: [UInt8]
  /// The last key of a range. Nil in a set without intervals.
  package let keyEnd: [UInt8]?
  /// A map's data. Nil for a set's element.
  package let data: [UInt8]?
  package let comment: String?

  /// `key`, `keyEnd` and `data` have one value for each of the set's types, in network byte order.
  package init(
    in set: NFTSet, _ key: [[UInt8]], to keyEnd: [[UInt8]]? = nil, data: [[UInt8]]? = nil, comment: String? = nil
  ) {
    self.set = set
    self.key = NFTSet.bytes(key)
    // In a set of intervals a single key is a range as well.
    self.keyEnd = set.hasIntervals ? NFTSet.bytes(keyEnd ?? key) : nil
    self.data = data.map(NFTSet.bytes)
    self.comment = comment
  }

  private init(in set: NFTSet, _ attributes: Attributes) throws(MalformedReply) {
    self.set = set
    func value(_ type: Int) throws(MalformedReply) -> [UInt8]? {
      guard let nest = try attributes.nested(type) else { return nil }
      return try nest.required(NFTAttribute.Data.value, nest[NFTAttribute.Data.value].map { Array($0) })
    }
    key = try attributes.required(NFTAttribute.Element.key, try value(NFTAttribute.Element.key))
    keyEnd = try value(NFTAttribute.Element.keyEnd)
    data = try value(NFTAttribute.Element.data)
    comment = NFTUserData.comment(attributes[NFTAttribute.Element.userData], as: NFTUserData.Comment.element)
  }

  /// The elements of a message. Empty for a message that is not NFT_MSG_NEWSETELEM.
  static func all(in set: NFTSet, _ message: Message) throws(MalformedReply) -> [NFTElement] {
    guard message.type == NetfilterMessage.Subsystem.nftables.rawValue << 8 | UInt16(NFT_MSG_NEWSETELEM.rawValue) else {
      return []
    }
    let list = try message.attributes(after: nfgenmsg.self).nested(NFTAttribute.ElementList.elements)
    var elements: [NFTElement] = []
    for entry in list?.all ?? [] where entry.type == NFTAttribute.listElement {
      elements.append(try NFTElement(in: set, try Attributes(entry.value)))
    }
    return elements
  }

  /// Whether a key belongs to both, in a set of intervals.
  package func overlaps(_ other: NFTElement) -> Bool {
    guard set == other.set, let end = keyEnd, let otherEnd = other.keyEnd else { return false }
    var start = 0
    for type in set.key {
      let field = start..<start + type.paddedSize
      guard field.upperBound <= min(key.count, end.count, other.key.count, otherEnd.count) else { return false }
      if end[field].lexicographicallyPrecedes(other.key[field]) || otherEnd[field].lexicographicallyPrecedes(key[field]) {
        return false
      }
      start = field.upperBound
    }
    return true
  }

  /// The element as errors call it.
  private var label: String { "of \(set)\(comment.map { " (\($0))" } ?? "")" }

  /// Adds the element. Fails with EEXIST if there is one of this key.
  package var add: Request {
    let message = message(NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL) { element in
      if let data {
        element.nested(NFTAttribute.Element.data) { $0.attribute(NFTAttribute.Data.value, data) }
      }
      if let comment {
        element.attribute(
          NFTAttribute.Element.userData, NFTUserData.comment(comment, as: NFTUserData.Comment.element))
      }
    }
    return Request(.addElement, label, message)
  }

  /// Deletes the element of this key. Fails with ENOENT if there is none.
  package var delete: Request { Request(.deleteElement, label, message(NFT_MSG_DELSETELEM, 0) { _ in }) }

  /// Asks for the element of this key. No set, no table and no such element are all "none".
  var query: Request {
    Request(
      .showElement, label, message(NFT_MSG_GETSETELEM, 0) { _ in }, absence: [.noSuchFileOrDirectory])
  }

  private func message(
    _ type: nf_tables_msg_types, _ flags: Int32, _ rest: (inout MessageWriter) -> Void
  ) -> MessageWriter {
    var message = set.table.message(type, flags)
    message.attribute(NFTAttribute.ElementList.table, string: set.table.name)
    message.attribute(NFTAttribute.ElementList.set, string: set.name)
    message.nested(NFTAttribute.ElementList.elements) {
      $0.nested(NFTAttribute.listElement) { element in
        element.nested(NFTAttribute.Element.key) { $0.attribute(NFTAttribute.Data.value, key) }
        if let keyEnd {
          element.nested(NFTAttribute.Element.keyEnd) { $0.attribute(NFTAttribute.Data.value, keyEnd) }
        }
        rest(&element)
      }
    }
    return message
  }
}

extension NetfilterSocket {
  /// The elements that have these elements' keys, in this order; nil for one that is not there.
  package mutating func elements(like wanted: [NFTElement]) throws(NetlinkError) -> [NFTElement?] {
    let requests = wanted.map(\.query)
    var found: [NFTElement?] = []
    for (index, answer) in try transact(requests).enumerated() {
      guard let answer else {
        found.append(nil)
        continue
      }
      let all = try requests[index].decode { () throws(MalformedReply) in
        try NFTElement.all(in: wanted[index].set, answer)
      }
      found.append(all.first { $0.key == wanted[index].key })
    }
    return found
  }

  /// All elements of a set. Empty if there is no such set.
  package mutating func elements(of set: NFTSet) throws(NetlinkError) -> [NFTElement] {
    var message = set.table.message(NFT_MSG_GETSETELEM, NLM_F_DUMP)
    message.attribute(NFTAttribute.ElementList.table, string: set.table.name)
    message.attribute(NFTAttribute.ElementList.set, string: set.name)
    let request = Request(.showElement, "of \(set)", message, absence: [.noSuchFileOrDirectory])
    return try dump(request) { (message) throws(MalformedReply) in try NFTElement.all(in: set, message) }.flatMap { $0 }
  }
}
