/// The operations of nf_tables, in the words of nft(8).
extension NetlinkError.Operation {
  package static var showGeneration: Self { Self("read the generation of the ruleset of nf_tables") }
  package static var showTable: Self { Self("list table") }
  package static var addTable: Self { Self("add table") }
  package static var deleteTable: Self { Self("delete table") }
  package static var addChain: Self { Self("add chain") }
  package static var flushChain: Self { Self("flush chain") }
  package static var deleteChain: Self { Self("delete chain") }
  package static var addChainRule: Self { Self("add rule") }
  package static var deleteChainRule: Self { Self("delete rule") }
  package static var showChainRule: Self { Self("list rules") }
  package static var addSet: Self { Self("add set") }
  package static var addElement: Self { Self("add element") }
  package static var deleteElement: Self { Self("delete element") }
  package static var showElement: Self { Self("list elements") }
}
