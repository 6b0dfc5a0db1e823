import CNI
import NetworkTypes
import Plugins

/// Runs a record's plan: forwards for ADD, backwards for DEL.
struct Runner {
  let record: Record
  let node: Node
  /// CNI_NETNS for the delegates; empty when the namespace is gone.
  let netns: String
  /// See `DelegateCall.Options.bridgeLock`.
  let bridgeLock: String
  /// The search path for executables: the CNI_PATH of the ADD, then the caller's own, because plugins may have moved.
  let path: [String]
  /// The prepared delegates of an ADD. If nil, each delegate is prepared on use.
  let prepared: [[any PreparedDelegate]]?
  /// See `DelegateCall.Options.distrustsBootID`.
  let distrustsBootID: Bool
  let report: OperationReport

  init(
    _ record: Record, node: Node, netns: String, bridgeLock: String, path: [String],
    prepared: [[any PreparedDelegate]]?, distrustsBootID: Bool, report: OperationReport
  ) {
    (self.record, self.node, self.netns, self.bridgeLock) = (record, node, netns, bridgeLock)
    self.path = record.path + path.filter { !record.path.contains($0) }
    (self.prepared, self.distrustsBootID, self.report) = (prepared, distrustsBootID, report)
  }

  // MARK: - Forwards

  /// An ADD's failure at one delegate.
  struct Stop: Error {
    /// Past the chain's end if all its delegates succeeded.
    let position: DelegatePosition
    let cause: EngineError
  }

  /// Runs one attachment's chain and returns its result. `destinations` are those of the attachments before it, and `room` is what
  /// the record has left for the result.
  func apply(
    _ number: Int, after previous: CNIResult?, takesOver: Bool, _ destinations: DestinationKeeper, _ room: RecordRoom
  ) throws(Stop) -> CNIResult {
    let attachment = record.plan.attachments[number]
    var result = previous
    for (i, delegate) in attachment.delegates.enumerated() {
      do throws(DelegateError) {
        let call = call(attachment, result, takesOver: takesOver, destinations.taken)
        let answer = try report.timing(.add, of: delegate.type, in: attachment.network) { () throws(DelegateError) in
          try prepare(number, i, for: .use).add(call, on: node)
        }
        result = try ResultKeeper(node: node, netns: netns).complete(answer, of: delegate, in: attachment, after: result)
        // The undo that follows deletes the failing delegate's part again, so its own leftovers are not reported here.
      } catch {
        throw Stop(
          position: .init(attachment: number, delegate: i), cause: .delegate(attachment.place(delegate.type), error.withoutLeft))
      }
      if let result, !room.fits(result) {
        throw Stop(
          position: .init(attachment: number, delegate: i),
          cause: .resultTooLarge(attachment.place(delegate.type), bytes: result.recordedLength, limit: room.bytes / 2))
      }
    }
    let settled: CNIResult
    do { settled = try DefaultRouteKeeper(node: node, netns: netns).settle(attachment, result ?? CNIResult()) } catch {
      throw Stop(position: .after(number, attachment), cause: .delegate(attachment.place("default route"), error))
    }
    do { return try destinations.settle(attachment, settled) } catch {
      throw Stop(position: .after(number, attachment), cause: .delegate(attachment.place("routes"), error))
    }
  }

  // MARK: - Backwards

  /// A part that could not be undone.
  struct Left {
    let position: DelegatePosition
    let failure: EngineError.Failure
  }

  /// Undoes the attachments, the last one first, and each chain from its end. Continues after errors and returns them.
  ///
  /// With `last` it begins there: the delegates after it have not run.
  func undo(through last: DelegatePosition? = nil) -> [Left] {
    var left: [Left] = []
    let deleted = deleteLinks()
    let attachments = record.plan.attachments.prefix(last.map { $0.attachment + 1 } ?? .max)
    for (number, attachment) in attachments.enumerated().reversed() {
      let isLast = last?.attachment == number
      for (i, delegate) in attachment.delegates.prefix(isLast ? last.map { $0.delegate + 1 } ?? 0 : .max).enumerated().reversed()
      {
        do throws(DelegateError) {
          try delete(number, i, record.result(of: number), hasDeletedLink: deleted.contains(number))
        } catch {
          left.append(
            .init(
              position: .init(attachment: number, delegate: i),
              failure: .init(place: attachment.place(delegate.type), error: error)))
        }
      }
    }
    return left
  }

  /// Deletes, as far as possible, the state of the delegates that we know. An unknown plugin is not called, because without a
  /// record nobody knows whether it ever ran.
  func deleteKnown() {
    for (number, attachment) in record.plan.attachments.enumerated() {
      for (i, delegate) in attachment.delegates.enumerated() where delegate.traits(node.delegates).state != .unknown {
        try? delete(number, i, nil)
      }
    }
  }

  private func delete(
    _ number: Int, _ i: Int, _ result: CNIResult?, hasDeletedLink: Bool = false
  ) throws(DelegateError) {
    let attachment = record.plan.attachments[number]
    var call = call(attachment, result)
    call.options.hasDeletedLink = hasDeletedLink
    try report.timing(.del, of: attachment.delegates[i].type, in: attachment.network) { () throws(DelegateError) in
      try prepare(number, i, for: .removal).delete(call, on: node)
    }
  }

  /// Deletes the links of all attachments in one request (`OwnLinks`). Returns the attachments whose links are certainly gone from the
  /// container.
  private func deleteLinks() -> Set<Int> {
    guard let container = try? node.containerIfPresent(netns), let own = try? OwnLinks(record, in: container, node.delegates),
      (try? own.delete(in: container)) != nil
    else { return [] }
    return own.attachments
  }

  // MARK: - CHECK

  /// Compares every attachment with the result of its ADD. Throws all differences.
  func check() throws(EngineError) {
    var failures: [EngineError.Failure] = []
    for (number, attachment) in record.plan.attachments.enumerated() where attachment.isChecked {
      let call = call(attachment, record.result(of: number))
      for (i, delegate) in attachment.delegates.enumerated() {
        do throws(DelegateError) {
          try report.timing(.check, of: delegate.type, in: attachment.network) { () throws(DelegateError) in
            try prepare(number, i, for: .use).check(call, on: node)
          }
        } catch { failures.append(.init(place: attachment.place(delegate.type), error: error)) }
      }
    }
    guard failures.isEmpty else { throw .check(failures) }
  }

  // MARK: -

  private func prepare(_ number: Int, _ i: Int, for purpose: Purpose) throws(DelegateError) -> any PreparedDelegate {
    if let prepared { return prepared[number][i] }
    return try record.plan.attachments[number].delegates[i].prepare(for: purpose, on: node, path: path)
  }

  private func call(
    _ attachment: PlannedAttachment, _ previous: CNIResult?, takesOver: Bool = false,
    _ taken: Set<CNIResult.Route.Key> = []
  ) -> DelegateCall {
    // Delegates that do not follow the options may move their routes to another table: they bring them first. So does a chain that moves
    // them in this process.
    let heeds = attachment.heedsOptions(node.delegates)
    let taken = taken.filter { !attachment.movesRoutes($0.destination.family) }
    return DelegateCall(
      containerID: record.containerID, netns: netns, ifName: attachment.interface, args: attachment.args, path: path,
      previous: previous.map { .value($0) } ?? .none,
      options: .init(
        defaultRoutes: attachment.defaultRoute.delegated, takesOverReservation: takesOver, bridgeLock: bridgeLock,
        linkGroup: heeds ? record.attachment.linkGroup : nil, acceptsRA: attachment.acceptsRA,
        takenRoutes: heeds ? taken : [], keepsMainRoutes: attachment.defaultRoute.owned, hasReviewedArguments: true,
        distrustsBootID: distrustsBootID, nodeBounds: attachment.nodeBounds, namesLinks: true))
  }
}
