import CNI
import JSON
import Netlink
import NetworkTypes
import Plugins
import System

/// The plan and the progress of one ADD. DEL, CHECK and GC need nothing else, not even the policy.
package struct Record: Sendable, Equatable {
  /// How far the ADD came.
  package enum State: String, Sendable {
    /// The record is on disk, and any part of the plan may have been done.
    case pending
    /// ADD has answered with `result`.
    case complete
    /// Some parts could not be undone. The others are gone.
    case undoing
  }

  package var state: State
  package let containerID: ContainerID
  package let ifName: InterfaceName
  /// `name` of the configuration that the runtime called us with.
  package let configuration: String
  package let netns: String
  /// Device and inode of the namespace at ADD time.
  package let netnsIdentity: NetworkNamespace.Identity
  package let bootID: String
  package let path: [String]
  package var plan: Plan
  /// One for each attachment that was completed: the result of its chain's last delegate.
  package var results: [CNIResult]
  /// The merged result; nil until the ADD is complete.
  package var result: CNIResult?
  /// The tries to undo the attachment so far; nil if none failed.
  package var failedUndo: FailedUndo?
}

extension Record {
  /// The attachment that the record describes.
  var attachment: Attachment { Attachment(containerID, ifName) }

  /// The attachments that were completed, with their results.
  var done: [DoneAttachment] { zip(plan.attachments, results).map { DoneAttachment(planned: $0, result: $1) } }

  /// The result of an attachment's chain; nil if the attachment was not completed.
  func result(of number: Int) -> CNIResult? { number < results.count ? results[number] : nil }
}

/// Why a record cannot be read.
package enum RecordError: Error, Sendable, Equatable {
  case json(file: String, JSONError)
  case notAnObject(file: String)
  case content(file: String, ConfigurationError)
  case version(file: String, found: String)
  case identifier(file: String, ProtocolError)
  case result(file: String, ResultError)
  case tooLarge(file: String, limit: Int)
  /// Something else stands in the record's place.
  case notAFile(file: String, FileKind)
}

extension Record {
  /// Whether the namespace has any interface that the ADD made. If the ADD made none, true; with `sameAddresses` false.
  ///
  /// The namespace's number alone proves nothing, because the kernel reuses it for a new namespace. An interface does not count
  /// if an earlier plugin of the runtime's own chain may have made it. With `sameAddresses` it must have its hardware address still.
  func hasInterfaces(
    in container: NodeNamespace, _ delegates: DelegateLookup, sameAddresses: Bool = false
  ) throws(NetlinkError) -> Bool {
    let others = plan.attachments.first.flatMap { $0.makesInterface(delegates) ? nil : $0.interface }
    let made = (result?.interfaces ?? []).filter { !$0.sandbox.isEmpty && $0.name != others?.text }
    for interface in made {
      guard let name = try? InterfaceName(interface.name), let link = try container.route.link(named: name) else { continue }
      if !sameAddresses || link.mac?.description == interface.mac.lowercased() { return true }
    }
    return made.isEmpty && !sameAddresses
  }

  /// Notes one more undo that failed.
  mutating func countFailedUndo(now: Int) {
    state = .undoing
    failedUndo = FailedUndo(after: failedUndo, now: now)
  }

  /// The record of the parts of these delegates, without those that have been undone.
  func keeping(_ left: [DelegatePosition]) -> Record {
    var kept = self
    var attachments: [PlannedAttachment] = []
    kept.results = []
    for (number, attachment) in plan.attachments.enumerated() {
      let positions = left.filter { $0.attachment == number }
      guard !positions.isEmpty else { continue }
      attachments.append(attachment.keeping(positions.map(\.delegate)))
      // Only the first attachments have results, so the kept ones have the first results too.
      if let result = result(of: number) { kept.results.append(result) }
    }
    kept.plan = Plan(rule: plan.rule, attachments: attachments)
    return kept
  }
}
