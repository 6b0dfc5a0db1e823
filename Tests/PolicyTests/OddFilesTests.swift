import Diagnostics
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Policy

/// Things in a policy's directory that are no files, although they are named like one.
@Suite struct OddFilesTests {
  private static let head = "apiVersion: braid/v1\nkind: Policy\n"

  @Test(arguments: ["mkdir F", "mkfifo F", "python3 -c 'import socket, sys; socket.socket(1).bind(sys.argv[1])' F"])
  func theyAreIgnoredAndTold(_ deed: String) throws {
    try withTemporaryDirectory { directory in
      try directory.write("p/a.yaml", Self.head + "networks: {n: {chain: [{type: bridge}]}}\n")
      try directory.write("p/z.yaml", Self.head + "rules: [{name: r, attach: [{network: n}]}]\n")
      try Command("sh", "-ec", deed.replacingOccurrences(of: "F", with: directory["p/m.yaml"])).require()
      var findings = Findings()
      let policy = try #require(Policy.load(directory["p"], &findings))
      #expect(policy.rules.count == 1)
      #expect(findings.items.map(\.code) == [.ignoredFile])
      #expect(findings.items[0].primary.description.contains("m.yaml"))
      // Without any file there is still no policy.
      for name in ["a", "z"] { unlink(directory["p/\(name).yaml"]) }
      #expect(throws: PolicyError.self) { try Policy.load(directory["p"]) }
    }
  }

  /// A link may lead to a file of the policy. Where it leads nowhere, a part of the policy may be missing.
  @Test func aLinkThatLeadsNowhereIsAnError() throws {
    try withTemporaryDirectory { directory in
      try directory.write(
        "p/a.yaml", Self.head + "networks: {n: {chain: [{type: bridge}]}}\nrules: [{name: r, attach: [{network: n}]}]\n")
      symlink("nowhere", directory["p/b.yaml"])
      #expect(throws: PolicyError.self) { try Policy.load(directory["p"]) }
    }
  }
}
