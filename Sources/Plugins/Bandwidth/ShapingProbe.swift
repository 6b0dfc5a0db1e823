import Netlink
import NetworkTypes
import PluginModel
import System

/// Finds out whether the node's kernel has what limits need, without making anything.
///
/// Each question is a request that every kernel refuses. The errno tells whether it knows the kind of thing. To answer, the kernel loads the
/// module, as it does at an ADD.
struct ShapingProbe {
  let parts: [BandwidthError.KernelPart]

  init(_ configuration: BandwidthConfiguration) {
    parts = configuration.scope == .everything ? [.ifb, .tbf, .mirred] : [.ifb, .tbf, .htb, .mirred]
  }

  /// The parts that the kernel lacks. Throws if it does not answer.
  func missing(on host: NodeNamespace) throws(DelegateError) -> [BandwidthError.KernelPart] {
    var missing: [BandwidthError.KernelPart] = []
    for part in parts {
      do throws(NetlinkError) { try host.route.execute(part.question) } catch {
        guard let errno = error.errno else { throw .netlink(error) }
        if errno == part.absence { missing.append(part) }
      }
    }
    return missing
  }
}

extension BandwidthError.KernelPart {
  fileprivate var question: Request {
    switch self {
    case .ifb: NewLink.probeOfIFB
    case .tbf: Qdisc.probe(.tbf)
    case .htb: Qdisc.probe(.htb)
    case .mirred: Mirred.probe
    }
  }

  fileprivate var absence: Errno {
    switch self {
    case .ifb: .notSupportedOnSocket
    case .tbf, .htb, .mirred: .noSuchFileOrDirectory
    }
  }
}
