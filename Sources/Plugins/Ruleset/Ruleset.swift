import CNI
import Netlink
import NetworkTypes
import System

/// Changes of Braid's table on the node. Every change is one batch: it happens as a whole or not at all.
struct Ruleset {
  let host: NodeNamespace

  // MARK: - ADD

  /// Adds an attachment's elements, and makes the table whole if it is missing or damaged.
  ///
  /// An element of the attachment itself that is there already stays or is replaced. An element of another attachment is replaced if
  /// `replaces` allows it. Else throws `RulesetError.taken`.
  ///
  /// `looksFirst` says that some elements are probably there. The kernel takes milliseconds to undo a batch that it refuses.
  func add(
    _ elements: [NFTElement], of owner: ElementOwner, looksFirst: Bool = false, replacing replaces: (NFTElement) -> Bool
  ) throws(DelegateError) {
    guard !elements.isEmpty else { return }
    var looks = looksFirst
    var isRefused = false
    try retrying { () throws(DelegateError) in
      var changes = try missingParts()
      var generation: UInt32?
      var present: [NFTElement] = []
      if looks {
        generation = try self.generation()
        present = try obstacles(to: elements, withRanges: isRefused)
        for other in present where !elements.contains(other) {
          guard other.comment == owner.comment || replaces(other) else {
            throw .plugin(RulesetError.taken(other, by: other.comment))
          }
          changes.append(other.delete)
        }
      }
      changes += elements.filter { !present.contains($0) }.map(\.add)
      do throws(DelegateError) {
        try host.netfilter { (socket) throws(NetlinkError) in try socket.commit(changes, since: generation) }
      } catch {
        if case .netlink(let cause) = error, cause.isOccupied { (looks, isRefused) = (true, looks) }
        throw error
      }
    }
  }

  /// The elements that have the keys of these. With `withRanges`, also those whose ranges overlap, for which the kernel has only lists.
  private func obstacles(to elements: [NFTElement], withRanges: Bool) throws(DelegateError) -> [NFTElement] {
    try host.netfilter { (socket) throws(NetlinkError) in
      var found = try socket.elements(like: elements).compactMap { $0 }
      guard withRanges else { return found }
      for set in Set(elements.map(\.set)) where set.hasIntervals {
        let others = try socket.elements(of: set).filter { other in elements.contains { $0.overlaps(other) } }
        found += others.filter { !found.contains($0) }
      }
      return found
    }
  }

  /// The changes that make the table whole. Empty for a table that is.
  private func missingParts() throws(DelegateError) -> [Request] {
    let layout = RulesetLayout.rules
    let present = try host.netfilter { (socket) throws(NetlinkError) in
      try socket.ruleLabels(of: RulesetLayout.table)
    }
    // The kernel lists the chains in the order in which they were made, which another release may have chosen.
    if present.count == layout.count, Set(layout.map { NFTRule.Label($0) }).isSuperset(of: present) { return [] }
    return Self.wholeTable(layout)
  }

  /// Everything but the elements. Each part that is there already stays, and the rules are replaced.
  static func wholeTable(_ rules: [NFTRule]) -> [Request] {
    let table = RulesetLayout.table
    return [table.add(comment: RulesetLayout.comment)]
      + RulesetLayout.allSets.enumerated().map { $1.add(id: UInt32($0 + 1)) }
      + RulesetLayout.chains.map(\.add) + RulesetLayout.chains.map(\.flush) + rules.map { $0.append(to: table) }
  }

  // MARK: - DEL

  /// Deletes those of the elements that bear the owner's comment, and returns them.
  @discardableResult
  func delete(_ elements: [NFTElement], of owner: ElementOwner) throws(DelegateError) -> [NFTElement] {
    guard !elements.isEmpty else { return [] }
    return try retrying { () throws(DelegateError) in
      let generation = try generation()
      let found = try obstacles(to: elements, withRanges: false)
      return try delete(found.filter { $0.comment == owner.comment }, since: generation)
    }
  }

  /// Deletes all elements of some sets that bear the owner's comment, for an owner of whom only the name is known.
  @discardableResult
  func deleteAll(in sets: [NFTSet] = RulesetLayout.allSets, of owner: ElementOwner) throws(DelegateError) -> [NFTElement] {
    try deleteAll(in: sets) { $0 == owner.comment }
  }

  /// Deletes all elements of a network's attachments except the valid ones. A valid attachment without an interface name stands for all
  /// interfaces of its container.
  func deleteAll(ofNetwork network: String, keeping valid: [Attachment]) throws(DelegateError) {
    let kept = Set(valid.map { ElementOwner(containerID: $0.containerID, ifName: $0.ifName, network: network).comment })
    let whole = valid.filter(\.ifName.isEmpty).flatMap { ElementOwner.starts(ofContainer: $0.containerID) }
    try deleteAll(in: RulesetLayout.allSets) { comment in
      ElementOwner.isOf(network: network, comment) && !kept.contains(comment) && !whole.contains { comment.hasPrefix($0) }
    }
  }

  /// Deletes all elements of some sets whose comment fits.
  @discardableResult
  private func deleteAll(in sets: [NFTSet], where fits: (String) -> Bool) throws(DelegateError) -> [NFTElement] {
    try retrying { () throws(DelegateError) in
      let generation = try generation()
      var found: [NFTElement] = []
      for set in sets {
        found += try host.netfilter { (socket) throws(NetlinkError) in try socket.elements(of: set) }
          .filter { $0.comment.map(fits) == true }
      }
      return try delete(found, since: generation)
    }
  }

  private func delete(_ elements: [NFTElement], since generation: UInt32) throws(DelegateError) -> [NFTElement] {
    try host.netfilter { (socket) throws(NetlinkError) in try socket.commit(elements.map(\.delete), since: generation) }
    return elements
  }

  // MARK: - CHECK and STATUS

  /// The elements that are not there as they should be.
  func missing(_ elements: [NFTElement]) throws(DelegateError) -> [NFTElement] {
    let found = try host.netfilter { (socket) throws(NetlinkError) in try socket.elements(like: elements) }
    return zip(elements, found).compactMap { wanted, found in
      found?.data == wanted.data && found?.comment == wanted.comment ? nil : wanted
    }
  }

  /// Whether the table has just the rules that it must have. Nil if there is no table.
  func isWhole() throws(DelegateError) -> Bool? {
    let present = try host.netfilter { (socket) throws(NetlinkError) in try socket.rules(of: RulesetLayout.table) }
    if present.isEmpty {
      let exists = try host.netfilter { (socket) throws(NetlinkError) in try socket.has(RulesetLayout.table) }
      return exists ? false : nil
    }
    let layout = RulesetLayout.rules
    return Dictionary(grouping: present, by: \.chain) == Dictionary(grouping: layout, by: \.chain)
  }

  /// STATUS: throws if the kernel has no nf_tables.
  func checkKernel() throws(DelegateError) { _ = try generation() }

  /// STATUS: the table is not whole. The next ADD makes it whole, so this stops none.
  func remarks() throws(DelegateError) -> [String] {
    guard try isWhole() == false else { return [] }
    return [
      "the table \(RulesetLayout.table) of nf_tables does not have the rules that Braid made. The next ADD restores them, but entries of Pods "
        + "that run may be lost: a CHECK of the Pod tells."
    ]
  }

  // MARK: - Steps

  private func generation() throws(DelegateError) -> UInt32 {
    do throws(DelegateError) {
      return try host.netfilter { (socket) throws(NetlinkError) in try socket.generation() }
    } catch {
      guard case .netlink(let cause) = error, let errno = cause.errno, Self.absence.contains(errno) else { throw error }
      throw .plugin(RulesetError.noNFTables)
    }
  }

  /// What the kernel says without nf_tables.
  private static let absence: [Errno] = [.invalidArgument, .notSupportedOnSocket, .protocolNotSupported]

  /// Runs `body` again while others change the ruleset in between, for a bounded time.
  private func retrying<T>(_ body: () throws(DelegateError) -> T) throws(DelegateError) -> T {
    let deadline = Monotonic.now() + Waits.ruleset
    var pauses = Waits.rulesetPauses
    var attempts = 0
    while true {
      do throws(DelegateError) { return try body() } catch {
        attempts += 1
        guard case .netlink(let cause) = error, Monotonic.now() < deadline else { throw error }
        // Somebody may have deleted the table, or added one of the elements. If that repeats, there is another reason.
        let isChange = cause.errno == .noSuchFileOrDirectory || cause.isOccupied
        guard cause.isOutdated || (isChange && attempts < Self.attempts) else { throw error }
      }
      pauses.pause()
    }
  }

  private static let attempts = 8
}

extension NetlinkError {
  /// Whether an element cannot be added because another one has its key, or a range that overlaps its own.
  fileprivate var isOccupied: Bool { errno == .fileExists || errno == .directoryNotEmpty || errno == .resourceBusy }
}
