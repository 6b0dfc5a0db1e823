import CNI
import NetworkTypes
import Netlink
import PluginModel
import Plugins
import System

extension ErrorObject {
  /// The code and text for a delegate's failure.
  init(_ error: DelegateError) {
    switch error {
    case .protocol(let error): self.init(error)
    case .configuration(let error): self.init(error)
    case .result(let error): self.init(error)
    case .system(let error): self.init(error)
    case .netlink(let error): self.init(Self.code(error), error.description)
    case .plugin(let failure): self = failure.object
    case .external(let error): self.init(error)
    case .netns(_, let error): self.init(error)
    case .linkMissing(let name, let netns): self.init(.io, "there is no interface \"\(name)\" in \(netns)")
    case .unread: self.init(.io, "the result could not be written to stdout, so everything was undone")
    case .ipamWithoutAddress: self.init(.invalidConfiguration, "IPAM plugin returned missing IP config")
    case .reply(_, let error): self = error
    case .differences(let all):
      self.init(all[0])
      details = all.dropFirst().map { ErrorObject($0).text }.joined(separator: "; ")
    case .incomplete(let error, let left):
      self.init(error)
      append(left: left.map { ErrorObject($0).text })
    }
  }

  /// A kernel that is short of memory may accept the same request later, so the code is "try again later". EBUSY is no such case: rtnetlink
  /// says it of links that something else uses, and that lasts. An answer that cannot be decoded is no fault of the configuration, so the
  /// code is "I/O".
  static func code(_ error: NetlinkError) -> ErrorCode {
    switch error {
    case .interrupted, .silent: .tryAgainLater
    case .socket, .malformed, .tooLong: .io
    case .refused(_, _, let errno, _):
      switch errno {
      case .noMemory, .noBufferSpace, .resourceTemporarilyUnavailable: .tryAgainLater
      default: .io
      }
    }
  }

  private init(_ error: ExternalDelegateError) {
    switch error {
    case .notFound(let type, let path):
      self.init(.invalidConfiguration, "failed to find plugin \"\(type)\" in path [\(path.joined(separator: " "))]")
    case .badName(let type): self.init(.invalidConfiguration, "invalid plugin name: \"\(type)\"")
    case .isBraid(let type, let path): self.init(.invalidConfiguration, "plugin \"\(type)\" (\(path)) is Braid itself")
    case .spawn(let type, let error): self.init(.io, "plugin \"\(type)\" cannot be run: \(error)")
    case .timedOut(let type, let time):
      self.init(.tryAgainLater, "plugin \"\(type)\" ran longer than \(time.wholeSeconds) and was ended")
    case .outputTooLarge(let type, let limit): self.init(.decoding, "plugin \"\(type)\" printed more than \(limit) bytes")
    case .failed(let type, let status, let stderr):
      self.init(.io, "plugin \"\(type)\" ended with status \(status) and without an error message", details: stderr)
    case .killed(let type, let signal, let stderr):
      self.init(.io, "plugin \"\(type)\" was ended by signal \(signal)", details: stderr)
    case .stopped(let type, let signal):
      self.init(.tryAgainLater, "plugin \"\(type)\" was ended, because Braid was asked to end by signal \(signal)")
    case .badOutput(let type, let reason): self.init(.decoding, "plugin \"\(type)\" gave no valid result: \(reason)")
    }
  }
}
