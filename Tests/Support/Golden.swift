import Foundation
import Testing

/// Files that a person has read once and that must not change by accident.
///
/// With BRAID_RECORD=1 in the environment, the found text replaces the file and the test fails: a run that records must not pass.
package enum Golden {
  package static let isRecording = ProcessInfo.processInfo.environment["BRAID_RECORD"] == "1"

  package static func expect(_ found: String, equals file: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if isRecording {
      try Data(found.utf8).write(to: file)
      Issue.record("recorded \(file.lastPathComponent)", sourceLocation: sourceLocation)
      return
    }
    let wanted = try? String(contentsOf: file, encoding: .utf8)
    #expect(found == wanted, "\(file.lastPathComponent): record it with BRAID_RECORD=1", sourceLocation: sourceLocation)
  }
}
