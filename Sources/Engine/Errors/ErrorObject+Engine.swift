import CNI
import Plugins
import Policy
import System

extension ErrorObject {
  /// The answer of Braid's own operations: a code, and a text that names the thing at fault.
  init(_ error: EngineError) {
    switch error {
    case .protocol(let error): self.init(error)
    case .configuration(let error): self.init(error)
    case .policy(let error): self.init(.invalidConfiguration, error.description)
    case .selection(let policy, let error): self.init(.invalidConfiguration, "\(policy): \(error)")
    case .plan(let place, let source, let error):
      self.init(error)
      msg = "\(source): \(place): \(msg)"
    case .planTooLarge(let overflow): self.init(.invalidConfiguration, overflow.description)
    case .recordTooLarge(let attachment, let bytes, let limit):
      self.init(
        .invalidConfiguration,
        "the record of container \(attachment.containerID) with interface \(attachment.ifName) would have \(bytes) bytes, and "
          + "\(limit) are the limit")
    case .resultTooLarge(let place, let bytes, let limit):
      self.init(
        .decoding, "\(place): its result has \(bytes) bytes, and the Pod's record has room for \(limit): the ADD was undone")
    case .loopbackRequested:
      self.init(
        .invalidEnvironment,
        "CNI_IFNAME is \"lo\", the loopback interface that every container has: the runtime must ask for another name, such as eth0, "
          + "or call the plugin loopback")
    case .interfaceExists(let name, let netns, let byBraid):
      let maker =
        byBraid
        ? ", which another ADD of Braid made: end that attachment with DEL, or remove the interface" : " that Braid did not make"
      self.init(.io, "the container (\(netns)) already has an interface \"\(name)\"\(maker)")
    case .delegate(let place, let error):
      self.init(error)
      msg = "\(place): \(msg)"
    case .check(let failures):
      // The first failure is the message, all others are the details.
      self.init(failures[0].error)
      msg = "\(failures[0].place): \(msg)"
      details = ([details] + failures.dropFirst().map { "\($0.place): \(ErrorObject($0.error).text)" })
        .filter { !$0.isEmpty }.joined(separator: "; ")
    case .undo(let failures):
      let first = failures.first.map { ErrorObject($0.error).code } ?? ErrorCode.io.rawValue
      // containerd takes a DEL error with one of these texts for a success, and does not call again: "not found" always, "no such
      // file or directory" if the namespace is gone. So we write other words.
      let text = failures.map { "\($0.place): \(ErrorObject($0.error).text)" }.joined(separator: "; ")
        .replacing("not found", with: "absent").replacing("no such file or directory", with: "no such file")
      self.init(code: first, msg: text, details: "the record is kept: the next DEL or GC continues with it")
    case .alreadyAttached(let attachment):
      self.init(
        .invalidEnvironment,
        "container \(attachment.containerID) has interface \(attachment.ifName) from an earlier ADD: run DEL before another ADD"
      )
    case .notAttached(let attachment):
      self.init(
        .unknownContainer, "there is no record of container \(attachment.containerID) with interface \(attachment.ifName)")
    case .record(let error):
      self.init(.io, error.description, details: "the file has been set aside, and the next call continues without it")
    case .state(let error): self.init(error)
    case .namespace(let error):
      self.init(error)
      if case .netns(_, .call(_, _, .noSuchFileOrDirectory)) = error { code = ErrorCode.invalidNamespace.rawValue }
    case .result(let error): self.init(error)
    case .unread: self.init(DelegateError.unread)
    case .unavailable(.state(let error)): self.init(.notAvailable, error.description)
    case .unavailable(.policy(let error)): self.init(.notAvailable, error.description)
    case .unavailable(.delegate(let place, let error, let others)):
      self.init(error)
      let isLimited = error.limitsConnectivity || code == ErrorCode.limitedConnectivity.rawValue
      code = (isLimited ? ErrorCode.limitedConnectivity : .notAvailable).rawValue
      msg = "\(place): \(msg)"
      if !others.isEmpty { append(detail: "also: " + others.joined(separator: "; ")) }
    case .recursion:
      self.init(.invalidConfiguration, "Braid was called by a plugin that Braid called: a chain must not lead back to Braid")
    case .bare(let error): self.init(error)
    case .incomplete(let error, let left):
      self.init(error)
      let letGo = left.compactMap { if case .letGo(let failure) = $0 { failure } else { nil } }
      let others = left.compactMap { $0.text }
      if !others.isEmpty { append(left: others) }
      if !letGo.isEmpty {
        append(
          detail: letGo.map { "\($0.place): its DEL failed too (\(ErrorObject($0.error).text))" }.joined(separator: "; ")
            + ": it will not be called again, because its ADD never succeeded")
      }
    }
  }

  /// Adds the parts that could not be undone to the details.
  mutating func append(left texts: [String]) {
    append(detail: "not undone: " + texts.joined(separator: "; "))
  }

  private mutating func append(detail text: String) { details = details.isEmpty ? text : "\(details); \(text)" }
}

extension EngineError.Leftover {
  /// Nil for a part that was let go.
  fileprivate var text: String? {
    switch self {
    case .letGo: nil
    case .delegate(let failure): "\(failure.place): \(ErrorObject(failure.error).text)"
    case .other(let error): ErrorObject(error).text
    }
  }
}

extension RecordError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .json(let file, let error): "record \(file): \(error)"
    case .notAnObject(let file): "record \(file): it is no JSON object"
    case .content(let file, let error): "record \(file): \(error)"
    case .version(let file, let found): "record \(file): version \"\(found)\" is not known here (known: \(Record.version))"
    case .identifier(let file, let error): "record \(file): \(ErrorObject(error).text)"
    case .result(let file, let error): "record \(file): \(error)"
    case .tooLarge(let file, let limit): "record \(file): it is larger than \(limit) bytes"
    case .notAFile(let file, let kind): "record \(file): it is \(kind.rawValue) and no plain file"
    }
  }
}

extension PlanOverflow: CustomStringConvertible {
  package var description: String {
    switch problem {
    case .depth(let depth, let limit):
      "\(source): \(place): \(key): the configuration is nested \(depth) deep, and \(limit) is the limit of what a Pod's record can hold"
    case .size(let size, let limit, let part):
      "\(source): \(place): \(key): the value has \(part) bytes, and all plugins' configurations of the Pod together have \(size): "
        + "a Pod's record can hold \(limit) bytes of them"
    }
  }
}

extension DelegateError {
  /// Whether Pods that are attached already suffer as well (CNI specification, section 5, code 51).
  fileprivate var limitsConnectivity: Bool { if case .plugin(let failure) = self { failure.limitsConnectivity } else { false } }
}
