import TestSupport
import Testing

/// The table, called from outside as a runtime does: variables and stdin in, stdout, stderr and an exit status out.
@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct ConformanceTests {
  @Test func size() {
    let all =
      parameterCases + inputCases + versionCases + rangeCases + allocationCases + requestCases + staticCases + loopbackCases
    print("conformance: \(all.count) cases, \(all.runs.count) runs, against \(Subject.directory ?? Products.braid)")
    #expect(all.count >= 150)
  }

  @Test(arguments: parameterCases.runs) func parameters(_ run: Run) throws { try run() }
  @Test(arguments: inputCases.runs) func input(_ run: Run) throws { try run() }
  @Test(arguments: versionCases.runs) func versions(_ run: Run) throws { try run() }
  @Test(arguments: rangeCases.runs) func hostLocalRanges(_ run: Run) throws { try run() }
  @Test(arguments: allocationCases.runs) func hostLocalAllocation(_ run: Run) throws { try run() }
  @Test(arguments: requestCases.runs) func hostLocalRequests(_ run: Run) throws { try run() }
  @Test(arguments: staticCases.runs) func staticIPAM(_ run: Run) throws { try run() }
  @Test(arguments: loopbackCases.runs) func loopback(_ run: Run) throws { try run() }
}
