import System

/// Why an external delegate could not be run, or why its answer cannot be used.
package enum ExternalDelegateError: Error, Equatable, Sendable {
  /// No executable of that name in the directories of CNI_PATH.
  case notFound(type: String, path: [String])
  /// The type is no plain file name.
  case badName(String)
  /// The executable is Braid itself, under any name.
  case isBraid(type: String, path: String)
  case spawn(type: String, SystemError)
  /// The executable ran longer than this time and was killed with everything that it had started.
  case timedOut(type: String, after: Duration)
  /// stdout had more than `limit` bytes.
  case outputTooLarge(type: String, limit: Int)
  /// The executable ended with that status, without an error object. `stderr` is the end of its messages.
  case failed(type: String, status: Int32, stderr: String)
  /// A signal ended the executable.
  case killed(type: String, signal: Int32, stderr: String)
  /// Somebody asked Braid to end, by SIGTERM or SIGINT, while the executable ran. It was killed.
  case stopped(type: String, signal: Int32)
  /// stdout is no valid result.
  case badOutput(type: String, reason: String)
}
