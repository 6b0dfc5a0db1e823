import Diagnostics
import JSON
import NetworkTypes

/// What is wrong with an annotation that asks for networks.
package enum RequestSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The annotation has more bytes, or names more networks, than are allowed.
  case tooLong(limit: Int)
  case tooMany(limit: Int)
  case json(JSONError)
  /// The annotation is JSON but not a list.
  case notAList(found: String)
  /// One network is wrong. Networks are counted from 1.
  case element(Int, ElementProblem)
  /// The annotation for the default network does not name exactly one.
  case notOne(found: Int)

  package enum ElementProblem: Error, Equatable, Sendable {
    case empty
    case severalSeparators(String, Character)
    case namespace(String)
    case name(String)
    case interface(String)
    case notAnObject(found: String)
    case missingName
    case wrongType(key: String, expected: String, found: String)
    case value(key: String, reason: String)
  }

  package var description: String {
    switch self {
    case .tooLong(let limit): "the annotation is longer than \(limit) bytes"
    case .tooMany(let limit): "the annotation asks for more than \(limit) networks"
    case .json(let error): "the annotation is not JSON: \(error)"
    case .notAList(let found): "the annotation must be a list of networks, not \(found): put it into brackets"
    case .element(let number, let problem): "network \(number) of the annotation: \(problem)"
    case .notOne(let found): "the annotation must name exactly one network, not \(found)"
    }
  }
}

extension RequestSyntaxError.ElementProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "it is empty: remove the extra comma"
    case .severalSeparators(let text, let separator): "\(quoted(text)) has more than one \"\(separator)\""
    case .namespace(let text): "\(quoted(text)) cannot be a namespace: write lower-case letters, digits and \"-\""
    case .name(let text): "\(quoted(text)) cannot be a name: write lower-case letters, digits and \"-\""
    case .interface(let text):
      "\(quoted(text)) cannot name an interface: write 1 to 15 bytes without \"/\", \":\", \"%\", white space and control characters"
    case .notAnObject(let found): "it must be an object, not \(found)"
    case .missingName: "the key \"name\" is missing"
    case .wrongType(let key, let expected, let found): "\(key) must be \(expected), not \(found)"
    case .value(let key, let reason): "\(key): \(harmless(reason, limit: 200))"
    }
  }
}
