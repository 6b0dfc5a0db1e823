import System

/// An external delegate that could not be run, or whose answer is none.
package enum ExternalDelegateError: Error, Equatable, Sendable {
  /// No executable of that name in the directories of CNI_PATH.
  case notFound(type: String, path: [String])
  /// The type is no plain file name.
  case badName(String)
  /// The executable is Braid itself, under whatever name.
  case isBraid(type: String, path: String)
  case spawn(type: String, SystemError)
  /// It ran longer than the time and was killed with its process group.
  case timedOut(type: String, after: Duration)
  /// stdout went past `limit` bytes.
  case outputTooLarge(type: String, limit: Int)
  /// It ended with that status and without an error object; `stderr` is the end of what it wrote there.
  case failed(type: String, status: Int32, stderr: String)
  /// It ended by a signal.
  case killed(type: String, signal: Int32, stderr: String)
  /// stdout is no result.
  case badOutput(type: String, reason: String)
}
