import Diagnostics
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Policy

/// A policy's directory whose files are links through `..data`, as Kubernetes mounts a ConfigMap. An update swaps the link.
@Suite struct SwappedDirectoryTests {
  /// Networks and rules are in different files, so a mixture of two versions has an error.
  @Test func oneVersionOrTheOther() throws {
    try withTemporaryDirectory { directory in
      for version in ["one", "two"] {
        let head = "apiVersion: braid/v1\nkind: Policy\n"
        try directory.write("policies/..\(version)/a.yaml", head + "networks: {\(version): {chain: [{type: bridge}]}}\n")
        for i in 1...20 { try directory.write("policies/..\(version)/b\(i).yaml", head) }
        try directory.write("policies/..\(version)/z.yaml", head + "rules: [{name: r, attach: [{network: \(version)}]}]\n")
      }
      let folder = directory["policies"]
      symlink("..one", "\(folder)/..data")
      for name in ["a", "z"] + (1...20).map({ "b\($0)" }) { symlink("..data/\(name).yaml", "\(folder)/\(name).yaml") }
      let swapper = Process()
      swapper.executableURL = URL(fileURLWithPath: "/bin/sh")
      swapper.arguments = [
        "-c",
        "while :; do for v in one two; do ln -sfn ..$v \(folder)/..new && mv -T \(folder)/..new \(folder)/..data; sleep 0.002; done; done",
      ]
      try swapper.run()
      defer {
        swapper.terminate()
        swapper.waitUntilExit()
      }
      var seen: Set<String> = []
      var loads = 0
      try wait(for: "both versions of the policy to be seen") {
        repeat {
          let policy = try Policy.load(folder)
          seen.insert(policy.networks.map(\.name.text).joined())
          #expect(policy.rules.map { $0.attach[0].network.text } == policy.networks.map(\.name.text))
          loads += 1
        } while loads < 2000
        return seen == ["one", "two"]
      }
    }
  }
}
