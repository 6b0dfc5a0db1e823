import Foundation
import Testing

/// Replays the kept inputs of `make fuzz`, and all inputs that ever found a fault, once each.
@Suite struct FuzzTests {
  @Test(arguments: FuzzTarget.allCases) func keptInputs(_ target: FuzzTarget) throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    var number = 0
    for kind in ["Inputs", "Regressions"] {
      let folder = root.appendingPathComponent("\(kind)/\(target.rawValue)")
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] {
        let bytes = try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
        #expect(throws: Never.self, "\(kind)/\(target.rawValue)/\(name)") { try target.run(bytes) }
        number += 1
      }
    }
    #expect(number >= 20, "only \(number) inputs were found for \(target.rawValue)")
  }
}
