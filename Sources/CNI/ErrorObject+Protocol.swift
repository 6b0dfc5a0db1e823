import NetworkTypes
import System

extension ErrorObject {
  /// The code and text for a broken call. The text is that of CNI's library if it has one.
  package init(_ error: ProtocolError) {
    switch error {
    case .missingVariables(let names):
      self.init(.invalidEnvironment, "required env variables [\(names.map(\.rawValue).joined(separator: ","))] missing")
    case .unknownCommand(let command): self.init(.invalidEnvironment, "unknown CNI_COMMAND: \(command)")
    case .containerID(let text, let rule): self.init(containerID: text, rule)
    case .interfaceName(_, let rule): self.init(interfaceName: rule)
    case .arguments(let pair): self.init(.invalidEnvironment, "ARGS: invalid pair \"\(pair)\"")
    case .unknownArguments(let pairs):
      self.init(.invalidEnvironment, "ARGS: unknown args [\(pairs.map { "\"\($0)\"" }.joined(separator: " "))]")
    case .argument(let key, let value, let reason):
      self.init(.invalidEnvironment, "ARGS: error parsing value of pair \"\(key)=\(value)\": \(reason)")
    case .inputTooLarge(let limit): self.init(.decoding, "the configuration on stdin is larger than \(limit) bytes")
    case .json(let json): self.init(.decoding, "error unmarshall network config: \(json)")
    case .notAnObject(let found): self.init(.decoding, "error unmarshall network config: expected an object, found \(found)")
    case .networkName(let name, let rule): self.init(networkName: name, rule)
    case .configuration(let error): self.init(.decoding, "error unmarshall network config: \(error)")
    case .incompatibleVersion(let version):
      let known = SpecVersion.allCases.map { "\"\($0)\"" }.joined(separator: " ")
      self.init(
        .incompatibleVersion, "incompatible CNI versions", details: "config is \"\(version)\", plugin supports [\(known)]")
    case .commandNotInVersion(let command): self.init(.incompatibleVersion, "config version does not allow \(command.rawValue)")
    case .result(let error): self.init(error)
    case .hostNamespace:
      self.init(.invalidNamespace, "plugin's netns and netns from CNI_NETNS should not be the same")
    }
  }

  package init(_ error: ConfigurationError) {
    switch error {
    case .missing, .wrongType, .invalid: self.init(.invalidConfiguration, error.description)
    case .unsupported: self.init(.unsupportedField, error.description)
    }
  }

  package init(_ error: ResultError) {
    switch error {
    case .malformed: self.init(.decoding, error.description)
    case .unknownVersion, .severalAddresses: self.init(.incompatibleVersion, error.description)
    case .noAddress: self.init(.incompatibleVersion, error.description)
    }
  }

  private init(containerID text: String, _ rule: ProtocolError.IdentifierRule) {
    switch rule {
    case .empty: self.init(.invalidEnvironment, "missing containerID")
    case .forbiddenCharacter: self.init(.invalidEnvironment, "invalid characters in containerID", details: text)
    case .tooLong: self.init(.invalidEnvironment, "containerID is too long", details: text)
    }
  }

  private init(networkName text: String, _ rule: ProtocolError.IdentifierRule) {
    switch rule {
    case .empty: self.init(.invalidConfiguration, "missing network name")
    case .forbiddenCharacter: self.init(.invalidConfiguration, "invalid characters found in network name", details: text)
    case .tooLong: self.init(.invalidConfiguration, "network name is too long", details: text)
    }
  }

  private init(interfaceName rule: NetworkTypeError.InterfaceNameRule) {
    switch rule {
    case .empty: self.init(.invalidEnvironment, "interface name is empty")
    case .tooLong:
      self.init(.invalidEnvironment, "interface name is too long", details: "interface name should be less than 16 characters")
    case .dots: self.init(.invalidEnvironment, "interface name is . or ..")
    case .reserved: self.init(.invalidEnvironment, "interface name is all or default, which the kernel uses for itself")
    case .forbiddenCharacter:
      self.init(.invalidEnvironment, "interface name contains / or : or whitespace characters")
    }
  }
}

extension ErrorObject {
  /// A failed request to the operating system.
  package init(_ error: SystemError) {
    switch error {
    case .notANetworkNamespace: self.init(.invalidNamespace, error.description)
    case .lockTimeout: self.init(.tryAgainLater, error.description)
    case .call, .tooLarge, .tooManyNames, .untrusted: self.init(.io, error.description)
    }
  }
}
