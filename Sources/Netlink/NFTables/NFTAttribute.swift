import CLinux

/// The attributes of nf_tables messages that we read or write (linux/netfilter/nf_tables.h). One table serves both directions.
///
/// Numbers in their values are in network byte order.
enum NFTAttribute {
  /// Inside every list.
  static let listElement = Int(NFTA_LIST_ELEM.rawValue)

  enum Generation {
    static let id = Int(NFTA_GEN_ID.rawValue)
  }

  enum Table {
    static let name = Int(NFTA_TABLE_NAME.rawValue)
    static let flags = Int(NFTA_TABLE_FLAGS.rawValue)
    static let userData = Int(NFTA_TABLE_USERDATA.rawValue)
  }

  enum Chain {
    static let table = Int(NFTA_CHAIN_TABLE.rawValue)
    static let name = Int(NFTA_CHAIN_NAME.rawValue)
    static let hook = Int(NFTA_CHAIN_HOOK.rawValue)
    static let policy = Int(NFTA_CHAIN_POLICY.rawValue)
    static let type = Int(NFTA_CHAIN_TYPE.rawValue)
  }

  enum Hook {
    static let number = Int(NFTA_HOOK_HOOKNUM.rawValue)
    static let priority = Int(NFTA_HOOK_PRIORITY.rawValue)
  }

  enum Rule {
    static let table = Int(NFTA_RULE_TABLE.rawValue)
    static let chain = Int(NFTA_RULE_CHAIN.rawValue)
    static let handle = Int(NFTA_RULE_HANDLE.rawValue)
    static let expressions = Int(NFTA_RULE_EXPRESSIONS.rawValue)
    static let userData = Int(NFTA_RULE_USERDATA.rawValue)
  }

  enum Set {
    static let table = Int(NFTA_SET_TABLE.rawValue)
    static let name = Int(NFTA_SET_NAME.rawValue)
    static let flags = Int(NFTA_SET_FLAGS.rawValue)
    static let keyType = Int(NFTA_SET_KEY_TYPE.rawValue)
    static let keyLength = Int(NFTA_SET_KEY_LEN.rawValue)
    static let dataType = Int(NFTA_SET_DATA_TYPE.rawValue)
    static let dataLength = Int(NFTA_SET_DATA_LEN.rawValue)
    static let description = Int(NFTA_SET_DESC.rawValue)
    static let id = Int(NFTA_SET_ID.rawValue)
    static let userData = Int(NFTA_SET_USERDATA.rawValue)
    /// Inside the description.
    static let concatenation = Int(NFTA_SET_DESC_CONCAT.rawValue)
    /// Inside a field of a concatenation.
    static let fieldLength = Int(NFTA_SET_FIELD_LEN.rawValue)
  }

  enum ElementList {
    static let table = Int(NFTA_SET_ELEM_LIST_TABLE.rawValue)
    static let set = Int(NFTA_SET_ELEM_LIST_SET.rawValue)
    static let elements = Int(NFTA_SET_ELEM_LIST_ELEMENTS.rawValue)
  }

  enum Element {
    static let key = Int(NFTA_SET_ELEM_KEY.rawValue)
    static let keyEnd = Int(NFTA_SET_ELEM_KEY_END.rawValue)
    static let data = Int(NFTA_SET_ELEM_DATA.rawValue)
    static let userData = Int(NFTA_SET_ELEM_USERDATA.rawValue)
  }

  enum Data {
    static let value = Int(NFTA_DATA_VALUE.rawValue)
    static let verdict = Int(NFTA_DATA_VERDICT.rawValue)
  }

  enum Verdict {
    static let code = Int(NFTA_VERDICT_CODE.rawValue)
    static let chain = Int(NFTA_VERDICT_CHAIN.rawValue)
  }

  enum Expression {
    static let name = Int(NFTA_EXPR_NAME.rawValue)
    static let data = Int(NFTA_EXPR_DATA.rawValue)
  }
}
