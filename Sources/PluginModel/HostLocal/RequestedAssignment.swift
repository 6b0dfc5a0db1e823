import NetworkTypes

/// Which set of ranges gives which of the requested addresses.
///
/// Each set gives the first requested address that it contains and that no earlier set gives.
package struct RequestedAssignment: Sendable {
  /// One for each set; nil if none is requested from it.
  package private(set) var bySet: [IPAddress?] = []
  /// The requested addresses that no set gives.
  package private(set) var unmatched: [IPAddress]

  package init(_ requested: [IPAddress], _ sets: [RangeSet]) {
    unmatched = requested
    for set in sets {
      bySet.append(unmatched.firstIndex { set.range(of: $0) != nil }.map { unmatched.remove(at: $0) })
    }
  }
}
