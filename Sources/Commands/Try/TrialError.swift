import Netlink
import System

/// What keeps `braidctl try` from trying: nothing of it is the policy's fault.
enum TrialError: Error, CustomStringConvertible {
  case system(SystemError)
  case netlink(NetlinkError)
  /// braid is not where it was said to be, or anywhere that we look.
  case noProgram([String])
  /// A text of the Pod that CNI_ARGS cannot carry.
  case argument(String)
  /// A signal asked us to end.
  case interrupted(Int32)

  var description: String {
    switch self {
    case .system(.call(.unshare, _, .notPermitted)): "making network namespaces needs root"
    case .system(let error): error.description
    case .netlink(let error): error.description
    case .noProgram(let paths): "there is no program \(paths.joined(separator: " or ")): say with --braid where braid is"
    case .argument(let text): "the runtime cannot pass \(text) on: CNI_ARGS takes no `;`"
    case .interrupted(let signal): "ended by signal \(signal)"
    }
  }
}
