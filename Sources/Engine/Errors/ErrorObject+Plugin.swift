import CNI
import NetworkTypes
import Plugins
import System

extension ErrorObject {
  /// The answer of a built-in plugin that runs under its own name. The texts are the reference plugins', which name no key.
  /// Errors of the plugin itself have the reference plugins' code, 999; errors of the protocol keep theirs.
  init(plugin error: EngineError) {
    switch error {
    case .protocol(.arguments):
      self.init(error)
      code = ErrorCode.internal.rawValue
    case .bare(.differences(let all)): self.init(plugin: .bare(all[0]))
    case .bare(.incomplete(let error, let left)):
      self.init(plugin: .bare(error))
      append(left: left.map { ErrorObject($0).text })
    case .bare(let cause):
      self.init(error)
      if let text = cause.referenceText { (msg, details) = (text, "") }
      if !cause.hasCodeOfItsOwn { code = ErrorCode.internal.rawValue }
    default: self.init(error)
    }
  }
}

extension DelegateError {
  fileprivate var hasCodeOfItsOwn: Bool {
    switch self {
    case .reply: true
    case .protocol(.arguments), .protocol(.unknownArguments), .protocol(.argument): false
    case .protocol: true
    case .configuration(.configuration(.unsupported)): true
    default: false
    }
  }

  /// The reference plugins' text if it differs from Braid's; else nil.
  fileprivate var referenceText: String? {
    switch self {
    case .configuration(.configuration(.invalid(_, let reason))): reason
    case .configuration(.rangeSet(let set, .reversed(let start, _, let subnet))):
      "invalid range set \(set): RangeStart \(start) not in network \(subnet)"
    case .configuration(.rangeSet(let set, .noSubnet)): "invalid range set \(set): IP <nil> not v4 nor v6"
    case .plugin(let failure): failure.referenceText
    case .netns(let path, .call(_, _, let errno)):
      "failed to open netns \"\(path)\": failed to Statfs \"\(path)\": \(errno.description.lowercased())"
    case .netns(let path, let error): "failed to open netns \"\(path)\": \(error)"
    default: nil
    }
  }
}
