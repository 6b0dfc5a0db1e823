import CLinux

/// A rule of a chain (nft(8), "RULES").
package struct NFTRule: Hashable, Sendable {
  package let chain: String
  package let expressions: [NFTExpression]
  package let comment: String?

  package init(_ chain: NFTChain, _ expressions: [NFTExpression], comment: String? = nil) {
    (self.chain, self.expressions, self.comment) = (chain.name, expressions, comment)
  }

  /// Nil for a message that is not NFT_MSG_NEWRULE.
  init?(_ message: Message) throws(MalformedReply) {
    guard message.isRule else { return nil }
    let attributes = try message.attributes(after: nfgenmsg.self)
    chain = try attributes.required(NFTAttribute.Rule.chain, attributes.string(NFTAttribute.Rule.chain))
    var expressions: [NFTExpression] = []
    for entry in try attributes.nested(NFTAttribute.Rule.expressions)?.all ?? []
    where entry.type == NFTAttribute.listElement {
      expressions.append(try NFTExpression(try Attributes(entry.value)))
    }
    self.expressions = expressions
    comment = NFTUserData.comment(attributes[NFTAttribute.Rule.userData], as: NFTUserData.Comment.rule)
  }

  /// Adds the rule at the end of its chain.
  package func append(to table: NFTable) -> Request {
    var message = table.message(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND)
    message.attribute(NFTAttribute.Rule.table, string: table.name)
    message.attribute(NFTAttribute.Rule.chain, string: chain)
    message.nested(NFTAttribute.Rule.expressions) { list in
      for expression in expressions { expression.write(&list) }
    }
    if let comment {
      message.attribute(NFTAttribute.Rule.userData, NFTUserData.comment(comment, as: NFTUserData.Comment.rule))
    }
    return Request(.addChainRule, "to \(table) \(chain)", message)
  }
}

extension NFTRule {
  /// What tells whether a rule is there, without its steps: they take longer to read than the rest of an ADD's netfilter.
  package struct Label: Hashable, Sendable {
    package let chain: String
    package let comment: String?

    init?(_ message: Message) throws(MalformedReply) {
      guard message.isRule else { return nil }
      let attributes = try message.attributes(after: nfgenmsg.self)
      chain = try attributes.required(NFTAttribute.Rule.chain, attributes.string(NFTAttribute.Rule.chain))
      comment = NFTUserData.comment(attributes[NFTAttribute.Rule.userData], as: NFTUserData.Comment.rule)
    }

    package init(_ rule: NFTRule) { (chain, comment) = (rule.chain, rule.comment) }
  }
}

/// A rule and the number by which the kernel knows it.
package struct NFTPlacedRule: Sendable {
  package let rule: NFTRule
  package let handle: UInt64

  init?(_ message: Message) throws(MalformedReply) {
    guard let rule = try NFTRule(message) else { return nil }
    let attributes = try message.attributes(after: nfgenmsg.self)
    self.rule = rule
    handle = try attributes.required(
      NFTAttribute.Rule.handle, try attributes.bigEndian(NFTAttribute.Rule.handle, UInt64.self))
  }

  /// Fails with ENOENT if the rule has gone.
  package func delete(from table: NFTable) -> Request {
    var message = table.message(NFT_MSG_DELRULE, 0)
    message.attribute(NFTAttribute.Rule.table, string: table.name)
    message.attribute(NFTAttribute.Rule.chain, string: rule.chain)
    message.attribute(NFTAttribute.Rule.handle, handle.bigEndian)
    return Request(.deleteChainRule, "of \(table) \(rule.chain)", message)
  }
}

extension Message {
  fileprivate var isRule: Bool {
    type == NetfilterMessage.Subsystem.nftables.rawValue << 8 | UInt16(NFT_MSG_NEWRULE.rawValue)
  }
}

extension NetfilterSocket {
  /// The rules of a table, chain by chain, in their order. Empty if there is no such table.
  package mutating func rules(of table: NFTable) throws(NetlinkError) -> [NFTRule] {
    try dump(Self.listOfRules(table)) { (message) throws(MalformedReply) in try NFTRule(message) }
  }

  /// The chains and comments of the same rules.
  package mutating func ruleLabels(of table: NFTable) throws(NetlinkError) -> [NFTRule.Label] {
    try dump(Self.listOfRules(table)) { (message) throws(MalformedReply) in try NFTRule.Label(message) }
  }

  /// The rules of one chain, with their numbers. Empty if there is no such chain.
  package mutating func placedRules(of chain: NFTChain) throws(NetlinkError) -> [NFTPlacedRule] {
    try dump(Self.listOfRules(chain.table, chain: chain.name)) { (message) throws(MalformedReply) in
      try NFTPlacedRule(message)
    }.filter { $0.rule.chain == chain.name }
  }

  private static func listOfRules(_ table: NFTable, chain: String? = nil) -> Request {
    var message = table.message(NFT_MSG_GETRULE, NLM_F_DUMP)
    message.attribute(NFTAttribute.Rule.table, string: table.name)
    if let chain { message.attribute(NFTAttribute.Rule.chain, string: chain) }
    return Request(.showChainRule, "of \(table)", message, absence: [.noSuchFileOrDirectory])
  }
}
