import TestSupport
import Testing

/// Runs the table. It calls plugins from outside, as a runtime does: with variables and stdin, and checks stdout, stderr and exit status.
@Suite(.needsRoot, .needs(program: "ip"), .needs(kernel: .bridge)) struct ConformanceTests {
  @Test func size() {
    let all = Self.all
    print("conformance: \(all.count) cases, \(all.runs.count) runs, against \(Subject.directory ?? Products.braid)")
    #expect(all.count >= 300)
  }

  private static let all =
    parameterCases + inputCases + versionCases + rangeCases + allocationCases + requestCases + staticCases + loopbackCases
    + bridgeResultCases + bridgeGatewayCases + bridgeOptionCases + bridgeVLANCases + namespaceCases + networkCases
    + delegationCases
    + parallelCases + switchCases + deleteCases + checkCases + macvlanCases + ptpCases + portmapCases
    + bandwidthCases + tuningCases + sbrCases

  /// CHECK right after ADD passes for every configuration of the table, under every version, by the plugin and by braid.
  @Test(.enabled(if: Subject.isOurs)) func checkRightAfterAdd() async throws {
    await withTaskGroup(of: Void.self) { group in
      for run in Self.all.rehearsals { group.addTask { await run.rehearse() } }
    }
    let accepted = Rehearsal.accepted.withLock { $0 }
    print("rehearsals: \(accepted.plugin) ADDs of plugins, \(accepted.braid) of braid")
    #expect(accepted.plugin >= 400 && accepted.braid >= 400)
  }

  @Test(arguments: parameterCases.runs) func parameters(_ run: Run) async throws { try await run() }
  @Test(arguments: inputCases.runs) func input(_ run: Run) async throws { try await run() }
  @Test(arguments: versionCases.runs) func versions(_ run: Run) async throws { try await run() }
  @Test(arguments: rangeCases.runs) func hostLocalRanges(_ run: Run) async throws { try await run() }
  @Test(arguments: allocationCases.runs) func hostLocalAllocation(_ run: Run) async throws { try await run() }
  @Test(arguments: requestCases.runs) func hostLocalRequests(_ run: Run) async throws { try await run() }
  @Test(arguments: staticCases.runs) func staticIPAM(_ run: Run) async throws { try await run() }
  @Test(arguments: loopbackCases.runs) func loopback(_ run: Run) async throws { try await run() }
  @Test(arguments: bridgeResultCases.runs) func bridgeResults(_ run: Run) async throws { try await run() }
  @Test(arguments: bridgeGatewayCases.runs) func bridgeGateways(_ run: Run) async throws { try await run() }
  @Test(arguments: bridgeOptionCases.runs) func bridgeOptions(_ run: Run) async throws { try await run() }
  @Test(arguments: deleteCases.runs) func deleting(_ run: Run) async throws { try await run() }
  @Test(arguments: checkCases.runs) func checking(_ run: Run) async throws { try await run() }
  @Test(arguments: macvlanCases.runs) func macvlan(_ run: Run) async throws { try await run() }
  @Test(arguments: portmapCases.runs) func portmap(_ run: Run) async throws { try await run() }
  @Test(arguments: ptpCases.runs) func ptp(_ run: Run) async throws { try await run() }
  @Test(arguments: bandwidthCases.runs) func bandwidth(_ run: Run) async throws { try await run() }
  @Test(arguments: tuningCases.runs) func tuning(_ run: Run) async throws { try await run() }
  @Test(arguments: sbrCases.runs) func sbr(_ run: Run) async throws { try await run() }
  @Test(arguments: namespaceCases.runs) func namespaces(_ run: Run) async throws { try await run() }
  @Test(arguments: networkCases.runs) func wholeNetworks(_ run: Run) async throws { try await run() }
  @Test(arguments: delegationCases.runs) func delegation(_ run: Run) async throws { try await run() }
  @Test(arguments: parallelCases.runs) func parallel(_ run: Run) async throws { try await run() }
  @Test(arguments: switchCases.runs) func switching(_ run: Run) async throws { try await run() }
  @Test(arguments: bridgeVLANCases.runs) func bridgeVLANs(_ run: Run) async throws { try await run() }
}
