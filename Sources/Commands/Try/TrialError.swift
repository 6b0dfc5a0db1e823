import Netlink
import System

/// Why a trial could not take place. The policy is not at fault.
enum TrialError: Error, CustomStringConvertible {
  case system(SystemError)
  case netlink(NetlinkError)
  /// There is no braid at any of these paths.
  case noProgram([String])
  /// A text of the Pod that CNI_ARGS cannot carry.
  case argument(String)
  /// A signal asked braidctl to end.
  case interrupted(Int32)

  var description: String {
    switch self {
    case .system(.call(.unshare, _, .notPermitted)): "making network namespaces needs root"
    case .system(let error): error.description
    case .netlink(let error): error.description
    case .noProgram(let paths): "there is no program \(paths.joined(separator: " or ")): give the path of braid with --braid"
    case .argument(let text): "the runtime cannot pass \(text) on: CNI_ARGS takes no `;`"
    case .interrupted(let signal): "ended by signal \(signal)"
    }
  }
}
