import JSON

/// The error codes of the CNI specification, section 5, and those that its library adds.
package enum ErrorCode: Int, Sendable {
  case incompatibleVersion = 1
  case unsupportedField = 2
  case unknownContainer = 3
  case invalidEnvironment = 4
  case io = 5
  case decoding = 6
  case invalidConfiguration = 7
  case invalidNamespace = 8
  case tryAgainLater = 11
  case notAvailable = 50
  case limitedConnectivity = 51
  /// The reference plugins use this code for every error of their own.
  case `internal` = 999
}

/// The error that a plugin prints on stdout (CNI specification, section 5).
package struct ErrorObject: Error, Hashable, Sendable {
  /// One of `ErrorCode`, or a plugin's own code, from 100 up.
  package var code: Int
  package var msg: String
  package var details: String

  package init(code: Int, msg: String, details: String = "") { (self.code, self.msg, self.details) = (code, msg, details) }
  package init(_ code: ErrorCode, _ msg: String, details: String = "") {
    self.init(code: code.rawValue, msg: msg, details: details)
  }

  /// `msg`, or `msg; details`: the text that CNI's library shows.
  package var text: String { details.isEmpty ? msg : "\(msg); \(details)" }

  package func json(_ version: SpecVersion) -> JSON {
    var object: JSONObject = ["cniVersion": .string(version.rawValue), "code": JSON(code), "msg": .string(msg)]
    if !details.isEmpty { object["details"] = .string(details) }
    return .object(object)
  }

  /// Reads another plugin's output; nil if it is no error object.
  package init?(_ json: JSON) {
    guard let object = json.object, let code = object.value(named: "code")?.int, code != 0 else { return nil }
    self.init(
      code: code, msg: object.value(named: "msg")?.string ?? "", details: object.value(named: "details")?.string ?? "")
  }
}
