import CLinux

/// The action that sends a packet through another link instead (tc-mirred(8), `egress redirect`).
package enum Mirred {
  static let kind = "mirred"

  /// Writes a list of actions that has only this one. `link` is the index of the other link.
  static func write(to link: Int32, _ actions: inout MessageWriter) {
    // Actions are numbered in the order in which they are done.
    actions.nest(1) { action in
      action.attribute(TrafficControlAttribute.Action.kind, string: kind)
      action.nest(TrafficControlAttribute.Action.options | Int(NLA_F_NESTED)) { options in
        var parameters = tc_mirred()
        (parameters.action, parameters.eaction) = (Int32(TC_ACT_STOLEN), Int32(TCA_EGRESS_REDIR))
        parameters.ifindex = UInt32(bitPattern: link)
        options.attribute(TrafficControlAttribute.Mirred.parameters, structure: parameters)
      }
    }
  }

  /// The index of the link to which the first of a filter's actions redirects. Nil if it does anything else, or if there is none.
  static func redirect(_ actions: Attributes?) throws(MalformedReply) -> Int32? {
    guard let value = actions?.all.first?.value else { return nil }
    let action = try Attributes(value)
    guard action.string(TrafficControlAttribute.Action.kind) == kind,
      let options = try action.nested(TrafficControlAttribute.Action.options)
    else { return nil }
    let parameters = try options.structure(TrafficControlAttribute.Mirred.parameters, tc_mirred.self)
    guard parameters.eaction == Int32(TCA_EGRESS_REDIR) else { return nil }
    return Int32(bitPattern: parameters.ifindex)
  }

  /// Asks for an action without saying where it sends packets. Every kernel refuses it: with EINVAL if it has the action, else with ENOENT.
  package static var probe: Request {
    var message = MessageWriter(
      type: UInt16(RTM_NEWACTION), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL))
    message.header(tcamsg())
    message.nest(Int(TCA_ROOT_TAB)) { table in
      table.nest(1) { $0.attribute(TrafficControlAttribute.Action.kind, string: kind) }
    }
    return Request(.addAction, kind, message)
  }
}
