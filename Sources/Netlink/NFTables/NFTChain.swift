import CLinux

/// A chain of a table (nft(8), "CHAINS").
package struct NFTChain: Hashable, Sendable, CustomStringConvertible {
  /// Where a base chain sees packets.
  package struct Hook: Hashable, Sendable {
    package enum Kind: String, Sendable { case filter, nat }

    /// The places of the `ip`, `ip6`, `inet` and `bridge` families (NF_INET_*, NF_BR_*), which have the same numbers.
    package enum Place: UInt32, Sendable { case prerouting, input, forward, output, postrouting }

    package let kind: Kind
    package let place: Place
    /// Chains of a lower priority come first.
    package let priority: Int32

    package init(_ kind: Kind, _ place: Place, priority: Int32) {
      (self.kind, self.place, self.priority) = (kind, place, priority)
    }
  }

  package let table: NFTable
  package let name: String
  /// Nil for a chain that only other chains call.
  package let hook: Hook?

  package init(_ name: String, in table: NFTable, hook: Hook? = nil) { (self.name, self.table, self.hook) = (name, table, hook) }

  package var description: String { "\(table) \(name)" }

  /// Makes the chain unless it is there. A base chain lets a packet pass that no rule decides.
  package var add: Request {
    var message = table.message(NFT_MSG_NEWCHAIN, NLM_F_CREATE)
    message.attribute(NFTAttribute.Chain.table, string: table.name)
    message.attribute(NFTAttribute.Chain.name, string: name)
    if let hook {
      message.attribute(NFTAttribute.Chain.type, string: hook.kind.rawValue)
      message.attribute(NFTAttribute.Chain.policy, UInt32(NetfilterVerdict.accept).bigEndian)
      message.nested(NFTAttribute.Chain.hook) {
        $0.attribute(NFTAttribute.Hook.number, hook.place.rawValue.bigEndian)
        $0.attribute(NFTAttribute.Hook.priority, hook.priority.bigEndian)
      }
    }
    return Request(.addChain, description, message)
  }

  /// Deletes the chain, which must have no rules. Fails with EBUSY while a rule or element leads to it.
  package var delete: Request {
    var message = table.message(NFT_MSG_DELCHAIN, 0)
    message.attribute(NFTAttribute.Chain.table, string: table.name)
    message.attribute(NFTAttribute.Chain.name, string: name)
    return Request(.deleteChain, description, message)
  }

  /// Deletes all rules of the chain, which must be there.
  package var flush: Request {
    var message = table.message(NFT_MSG_DELRULE, 0)
    message.attribute(NFTAttribute.Rule.table, string: table.name)
    message.attribute(NFTAttribute.Rule.chain, string: name)
    return Request(.flushChain, description, message)
  }
}

/// The kernel's verdicts (linux/netfilter.h, which clashes with glibc's headers).
enum NetfilterVerdict {
  static let drop: Int32 = 0
  static let accept: Int32 = 1
}
