import Diagnostics
import JSON
import NetworkTypes

/// Why an annotation that asks for networks cannot be read.
package enum RequestSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// More bytes, or more networks, than are taken.
  case tooLong(limit: Int)
  case tooMany(limit: Int)
  case json(JSONError)
  /// JSON, but no list of networks.
  case notAList(found: String)
  /// The element of the list, counted from 1, and what is wrong with it.
  case element(Int, ElementProblem)
  /// The default network is one element.
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
    case .empty: "there is nothing between two commas"
    case .severalSeparators(let text, let separator): "\(quoted(text)) has more than one \"\(separator)\""
    case .namespace(let text): "\(quoted(text)) is no namespace: small letters, digits and \"-\""
    case .name(let text): "\(quoted(text)) is no name: small letters, digits and \"-\""
    case .interface(let text): "\(quoted(text)) cannot name an interface: 1 to 15 bytes, without \"/\", \":\" and white space"
    case .notAnObject(let found): "it must be an object, not \(found)"
    case .missingName: "the key \"name\" is missing"
    case .wrongType(let key, let expected, let found): "\(key) must be \(expected), not \(found)"
    case .value(let key, let reason): "\(key): \(harmless(reason, limit: 200))"
    }
  }
}
