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
    return Request(.addRule, "to \(table) \(chain)", message)
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

  private static func listOfRules(_ table: NFTable) -> Request {
    var message = table.message(NFT_MSG_GETRULE, NLM_F_DUMP)
    message.attribute(NFTAttribute.Rule.table, string: table.name)
    return Request(.showRule, "of \(table)", message, absence: [.noSuchFileOrDirectory])
  }
}
