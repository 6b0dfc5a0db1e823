import CNI
import Glibc
import JSON
import Plugins
import System

/// The inputs and the output of a program. Tests give their own.
struct Surroundings {
  let variable: (Variable) -> String?
  /// Whether Braid runs below another Braid (`ExternalDelegate.guardVariable`).
  let isBelowBraid: Bool
  /// All of stdin.
  let input: () throws(EngineError) -> [UInt8]
  /// Writes all bytes; false if nobody reads them.
  let output: ([UInt8]) -> Bool

  /// The runtime's request, with empty CNI_ARGS unless `readsArguments`. Throws `EngineError.protocol`.
  func invocation(readsArguments: Bool = true) throws(EngineError) -> Invocation {
    do { return try Invocation(readsArguments: readsArguments, environment: variable) } catch { throw .protocol(error) }
  }

  /// The configuration on stdin. Throws `EngineError.protocol`, or `.state` if stdin cannot be read.
  func configuration() throws(EngineError) -> PluginConfiguration {
    let object = try object()
    do { return try PluginConfiguration(object) } catch { throw .protocol(error) }
  }

  /// The JSON object on stdin. Throws as `configuration` does.
  func object() throws(EngineError) -> JSONObject {
    let bytes = try input()
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw .protocol(.json(error)) }
    guard let object = json.object else { throw .protocol(.notAnObject(found: json.kind)) }
    return object
  }

  func print(_ json: JSON) -> Bool { output(Array((json.text(pretty: true) + "\n").utf8)) }
}

extension Surroundings {
  /// The environment, stdin and stdout of this process. When stdin has been read the work begins, and signals are held.
  static var process: Surroundings {
    Surroundings(
      variable: { getenv($0.rawValue).map { String(cString: $0) } }, isBelowBraid: getenv(ExternalDelegate.guardVariable) != nil,
      input: readInput, output: write)
  }

  private static func readInput() throws(EngineError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(0, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .state(.call(.read, on: "stdin", Errno(rawValue: errno))) }
      if count == 0 {
        // Not before: somebody who calls us by hand must be able to end us while we wait for stdin.
        HeldSignals.hold()
        return bytes
      }
      bytes += buffer[..<count]
      guard bytes.count <= Program.inputLimit else { throw .protocol(.inputTooLarge(limit: Program.inputLimit)) }
    }
  }

  private static func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
