import CNI
import NetworkTypes
import Plugins

/// Runs a plan forwards and backwards.
struct Runner {
  let record: Record
  let node: Node
  /// CNI_NETNS for the delegates; empty when the namespace is gone.
  let netns: String
  /// See `DelegateCall.Options.bridgeLock`.
  let bridgeLock: String
  /// Where executables are looked for: the CNI_PATH of the ADD, then the caller's own, since plugins may have moved.
  let path: [String]

  init(_ record: Record, node: Node, netns: String, bridgeLock: String, path: [String]) {
    (self.record, self.node, self.netns, self.bridgeLock) = (record, node, netns, bridgeLock)
    self.path = record.path + path.filter { !record.path.contains($0) }
  }

  /// Runs one attachment's chain and returns its result.
  func apply(_ attachment: PlannedAttachment, after prevResult: CNIResult?, takesOver: Bool) throws(EngineError) -> CNIResult {
    var result = prevResult
    for delegate in attachment.delegates {
      let place = attachment.place(delegate.type)
      do throws(DelegateError) {
        let call = try self.call(delegate, attachment, prevResult: result, takesOver: takesOver)
        result = try node.delegate(delegate.type, path: path).add(call, on: node)
      } catch { throw .delegate(place, error, undo: []) }
    }
    do { return try DefaultRouteKeeper(node: node, netns: netns).settle(attachment, result ?? CNIResult()) } catch {
      throw .delegate(attachment.place("default route"), error, undo: [])
    }
  }

  /// Undoes the first `count` attachments, the last one first, each chain from its end; goes on past errors and returns them.
  func undo(first count: Int) -> [EngineError.Failure] {
    var failures: [EngineError.Failure] = []
    deleteLinks()
    for (i, attachment) in record.plan.attachments.prefix(count).enumerated().reversed() {
      for delegate in attachment.delegates.reversed() {
        do throws(DelegateError) {
          let result = i < record.results.count ? record.results[i] : nil
          let call = try self.call(delegate, attachment, prevResult: result, takesOver: false, isUndo: true)
          try node.delegate(delegate.type, path: path).delete(call, on: node)
        } catch { failures.append(.init(place: attachment.place(delegate.type), error: error)) }
      }
    }
    return failures
  }

  /// Has our own delegates take back what they keep on the node, as far as it goes: of others' nobody knows whether they ever ran.
  func deleteOwn() {
    for attachment in record.plan.attachments {
      for delegate in attachment.delegates where delegate.isOwn {
        guard let call = try? call(delegate, attachment, prevResult: nil, takesOver: false, isUndo: true) else { continue }
        try? node.delegate(delegate.type, path: path).delete(call, on: node)
      }
    }
  }

  /// Deletes the links of all built-in chains in one request, and so in one wait of the kernel, instead of one each; those too
  /// that got another name in the Pod.
  ///
  /// What fails here, or is of another group, the delegates delete by name.
  private func deleteLinks() {
    guard let container = try? node.containerIfPresent(netns) else { return }
    _ = try? container.route.deleteLinks(group: record.linkGroup)
  }

  /// Compares every attachment with what its ADD answered; throws all differences.
  func check() throws(EngineError) {
    var failures: [EngineError.Failure] = []
    for (i, attachment) in record.plan.attachments.enumerated() where attachment.isChecked {
      for delegate in attachment.delegates {
        do throws(DelegateError) {
          let result = i < record.results.count ? record.results[i] : nil
          let call = try self.call(delegate, attachment, prevResult: result, takesOver: false)
          try node.delegate(delegate.type, path: path).check(call, on: node)
        } catch { failures.append(.init(place: attachment.place(delegate.type), error: error)) }
      }
    }
    guard failures.isEmpty else { throw .check(failures) }
  }

  private func call(
    _ delegate: PlannedDelegate, _ attachment: PlannedAttachment, prevResult: CNIResult?, takesOver: Bool,
    isUndo: Bool = false
  ) throws(DelegateError) -> DelegateCall {
    do {
      return try delegate.call(
        attachment, containerID: record.containerID, netns: netns, path: path, prevResult: prevResult,
        linkGroup: record.linkGroup, bridgeLock: bridgeLock, takesOverReservation: takesOver, isUndo: isUndo)
    } catch { throw .protocol(error) }
  }
}

extension PlannedAttachment {
  func place(_ type: String) -> EngineError.DelegatePlace { .init(network: network, interface: interface, type: type) }
}
