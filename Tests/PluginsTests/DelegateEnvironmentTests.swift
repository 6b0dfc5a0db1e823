import CNI
import Testing

@testable import Plugins

@Suite struct DelegateEnvironmentTests {
  private func entries(_ own: [String]) -> [String] {
    DelegateEnvironment.entries([(.command, "GC"), (.path, "/b")], of: own.map { Array($0.utf8) })
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func theCallsVariablesTakeThePlaceOfOurs() {
    let own = ["A=1", "CNI_COMMAND=ADD", "CNI_IFNAME=eth0", "CNI_PATH=/a", "CNI_ARGS=x", "CNI_PATHS=y", "CNI_NETNS_OVERRIDE=1"]
    #expect(
      entries(own) == ["A=1", "CNI_PATHS=y", "CNI_NETNS_OVERRIDE=1", "CNI_COMMAND=GC", "CNI_PATH=/b", "BRAID_DELEGATING=1"])
  }

  @Test func theGuardStandsOnce() {
    #expect(entries(["BRAID_DELEGATING=", "BRAID_DELEGATING=0"]).filter { $0.hasPrefix("BRAID_") } == ["BRAID_DELEGATING=1"])
  }

  /// ld.so(8), malloc(3), and the Swift runtime's own.
  @Test(arguments: [
    "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "LD_DEBUG", "GLIBC_TUNABLES", "GCONV_PATH", "GETCONF_DIR", "LOCPATH",
    "MALLOC_CHECK_", "MALLOC_PERTURB_", "SWIFT_BACKTRACE", "SWIFTTESTING_X",
  ])
  func loaderAndRuntimeVariablesAreWithheld(_ name: String) { #expect(entries(["\(name)=1", "\(name)="]).count == 3) }

  @Test(arguments: ["PATH=/bin", "HTTP_PROXY=p", "KUBECONFIG=/k", "LD=1", "MALLOCATE=1", "RES_OPTIONS=x", "TMPDIR=/t", "E="])
  func othersStay(_ entry: String) { #expect(entries([entry]).first == entry) }

  /// execve(2) takes any text. One without a name is no variable.
  @Test func malformedEntriesAreDropped() { #expect(entries(["", "x", "=y"]).count == 3) }

  @Test func bytesStay() {
    let entry = Array("X=".utf8) + [0xff, 0x0a, 0xc3]
    #expect(DelegateEnvironment.entries([], of: [entry]).first == entry)
  }
}
