import CNI
import Glibc
import JSON
import PluginModel
import Plugins
import System

/// The program behind every name that `braid` is called by.
///
/// Called by the name of a built-in plugin it is that plugin, by any other name it is Braid.
package enum Program {
  /// The largest configuration that is read from stdin, in bytes.
  package static let inputLimit = 8 << 20

  package static func main() -> Never {
    let called = CommandLine.arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? ""
    let surroundings = Surroundings.process
    guard let command = surroundings.variable(.command), !command.isEmpty else {
      if CommandLine.arguments.dropFirst().first == "--version" { version(called) }
      usage(called)
    }
    let report = OperationReport()
    finish(answer(as: called, surroundings, report), surroundings, report)
  }

  /// The program's answer under that name. `report` is filled in on the way.
  static func answer(as name: String, _ surroundings: Surroundings, _ report: OperationReport) -> Answer {
    let answer =
      BuiltInPlugin.delegate(name).map { PluginProgram(delegate: $0, surroundings: surroundings, report: report).answer() }
      ?? BraidProgram(surroundings: surroundings, report: report).answer()
    if case .error(let error, _) = answer { report.failure = error }
    return answer
  }

  /// The text that is still to be written to stdout. The exit status is 0 unless it is an error.
  enum Answer {
    case nothing
    case result(JSON)
    case error(ErrorObject, SpecVersion)
  }

  /// The only way out of the program.
  private static func finish(_ answer: Answer, _ surroundings: Surroundings, _ report: OperationReport) -> Never {
    for notice in report.notices { warn(notice) }
    switch answer {
    case .nothing: exit(0)
    case .result(let json): exit(surroundings.print(json) ? 0 : 1)
    case .error(let error, let version):
      _ = surroundings.print(error.json(version))
      exit(1)
    }
  }

  /// The answer to VERSION (CNI specification, section 2).
  static var versions: JSON {
    [
      "cniVersion": .string(SpecVersion.newest.rawValue),
      "supportedVersions": .array(SpecVersion.allCases.map { .string($0.rawValue) }),
    ]
  }

  /// Answers `--version`. A runtime sets CNI_COMMAND and gives no arguments.
  private static func version(_ called: String) -> Never {
    let own = Plugin.braid.type
    let name = BuiltInPlugin(rawValue: called) == nil ? own : "\(called) of \(own)"
    let bytes = Array("\(name) \(Release.version)\n".utf8)
    exit(write(1, bytes, bytes.count) == bytes.count ? 0 : 1)
  }

  private static func usage(_ called: String) -> Never {
    let text =
      "\(called): a CNI plugin, run by a container runtime with CNI_COMMAND set and its configuration on stdin.\n"
      + "CNI specification versions: \(SpecVersion.allCases.map(\.rawValue).joined(separator: ", "))\n"
    print(text)
    exit(0)
  }

  private static func warn(_ notice: String) { print("braid: \(notice.replacing("\n", with: " "))\n") }

  /// Writes to stderr.
  private static func print(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
  }
}
