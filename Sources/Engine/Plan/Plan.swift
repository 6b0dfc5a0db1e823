import Plugins

/// The work of one ADD: its attachments in order, each with the fully derived configurations of its delegates.
package struct Plan: Sendable, Equatable {
  /// The name of the rule that matched.
  package let rule: String
  package let attachments: [PlannedAttachment]
}

extension Plan {
  /// Whether a delegate, or its IPAM plugin, may keep state beyond the node's boot.
  func outlivesBoot(_ delegates: DelegateLookup) -> Bool {
    attachments.contains { $0.delegates.contains { $0.traits(delegates).state != .boot } }
  }
}

/// A plan whose delegates have read and checked their configurations. They are in the plan's order, by attachment.
struct PreparedPlan {
  let plan: Plan
  let delegates: [[any PreparedDelegate]]
}
