import CNI
import Glibc
import JSON
import Plugins
import System

/// The program behind every name that `braid` is called by.
///
/// Called as `bridge`, `macvlan`, `host-local`, `static` or `loopback` it is that plugin; by any other name it is Braid.
package enum Program {
  /// The largest configuration that is read from stdin, in bytes.
  package static let inputLimit = 8 << 20

  package static func main() -> Never {
    // A reader that went away is an error of write(2), not our death: what was made must be undone.
    signal(SIGPIPE, SIG_IGN)
    // A runtime that ignores its own children's ends must not have us miss ours'.
    signal(SIGCHLD, SIG_DFL)
    let called = CommandLine.arguments.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "braid"
    guard let command = environment(.command), !command.isEmpty else { usage(called) }
    let answer =
      DelegateLookup.builtIn(called).map { PluginProgram(type: called, delegate: $0).answer() } ?? BraidProgram().answer()
    finish(answer)
  }

  /// What goes to stdout, and the exit status.
  enum Answer {
    case nothing
    case result(JSON)
    case error(JSON)
  }

  static func environment(_ variable: Variable) -> String? { getenv(variable.rawValue).map { String(cString: $0) } }

  /// Reads stdin to its end.
  static func input() throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .state(.call(.read, on: "stdin", Errno(rawValue: errno))) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= inputLimit else { throw .protocol(.inputTooLarge(limit: inputLimit)) }
    }
  }

  static func configuration() throws(EngineError) -> PluginConfiguration {
    let bytes = try input()
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw .protocol(.json(error)) }
    guard let object = json.object else { throw .protocol(.notAnObject(found: json.kind)) }
    do { return try PluginConfiguration(object) } catch { throw .protocol(error) }
  }

  /// The answer to VERSION (CNI specification, section 2).
  static var versions: JSON {
    [
      "cniVersion": .string(SpecVersion.newest.rawValue),
      "supportedVersions": .array(SpecVersion.allCases.map { .string($0.rawValue) }),
    ]
  }

  /// Writes all of it; false if nobody takes it.
  static func print(_ json: JSON) -> Bool {
    let bytes = Array((json.text(pretty: true) + "\n").utf8)
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  private static func finish(_ answer: Answer) -> Never {
    switch answer {
    case .nothing: exit(0)
    case .result(let json): exit(print(json) ? 0 : 1)
    case .error(let json):
      _ = print(json)
      exit(1)
    }
  }

  private static func usage(_ called: String) -> Never {
    let text =
      "\(called): a CNI plugin, run by a container runtime with CNI_COMMAND set and its configuration on stdin.\n"
      + "CNI specification versions: \(SpecVersion.allCases.map(\.rawValue).joined(separator: ", "))\n"
    let bytes = Array(text.utf8)
    _ = write(2, bytes, bytes.count)
    exit(0)
  }
}
