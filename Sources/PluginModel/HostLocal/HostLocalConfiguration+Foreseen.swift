import CNI
import NetworkTypes

extension HostLocalConfiguration {
  /// How many results are computed at most. A set of several ranges gives an address of any of them.
  private static let limit = 16

  /// The results that an ADD may have. Nil if there are too many. Throws if the requested addresses cannot be given, whatever is
  /// reserved.
  package func foreseen(_ args: CNIArguments) throws(PluginConfigurationError) -> [ForeseenResult]? {
    let requested: [IPAddress]
    do { requested = try self.requested(args) } catch { throw .protocol(error) }
    let assignment = RequestedAssignment(requested, sets)
    do { try check(assignment) } catch { throw .attachment(error) }
    var results: [[CNIResult.IP]] = [[]]
    for (set, address) in zip(sets, assignment.bySet) {
      let choices = set.choices(address)
      guard !choices.isEmpty, results.count * choices.count <= Self.limit else { return nil }
      results = results.flatMap { ips in choices.map { ips + [$0] } }
    }
    let paths = zip(sets.indices, assignment.bySet).map { i, address in
      address.map(path(ofRequested:)) ?? ConfigurationError.KeyPath("ipam", "ranges").appending(i)
    }
    return results.map { ForeseenResult(CNIResult(ips: $0, routes: routes), addressPaths: paths) }
  }

  private func check(_ assignment: RequestedAssignment) throws(AttachmentProblem) {
    for (i, address) in assignment.bySet.enumerated() {
      guard let address, sets[i].range(of: address)?.gateway == address else { continue }
      throw .gatewayRequested(address, set: i, path(ofRequested: address))
    }
    guard let first = assignment.unmatched.first else { return }
    for (set, given) in zip(sets, assignment.bySet) {
      guard let given, set.range(of: first) != nil else { continue }
      throw .secondOfSet(first, after: given, path(ofRequested: first))
    }
    throw .outsideRanges(assignment.unmatched, path(ofRequested: first))
  }
}

extension RangeSet {
  /// The requested address, or else an address of each range.
  fileprivate func choices(_ requested: IPAddress?) -> [CNIResult.IP] {
    if let requested, let range = range(of: requested) {
      return [.init(address: range.cidr(requested), gateway: range.gateway)]
    }
    return ranges.compactMap { range in
      let address = range.first == range.gateway ? range.first.advanced(by: 1) : range.first
      return address.flatMap { range.contains($0) ? .init(address: range.cidr($0), gateway: range.gateway) : nil }
    }
  }
}
