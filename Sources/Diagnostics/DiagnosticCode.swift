/// Every kind of finding, with its stable code. A code that is retired is never used for something else.
///
/// 00: reading files and YAML. 01: the shape of a policy. 02: networks and chains. 03: rules and attachments.
package enum DiagnosticCode: String, Sendable, CaseIterable {
  // Reading and YAML.
  case unreadable = "BRD0001"
  case fileTooLarge = "BRD0002"
  case noPolicyFiles = "BRD0003"
  case ignoredFile = "BRD0004"
  case encoding = "BRD0010"
  case controlCharacter = "BRD0011"
  case syntax = "BRD0012"
  case tabIndentation = "BRD0013"
  case duplicateKey = "BRD0014"
  case emptyDocument = "BRD0015"
  case severalDocuments = "BRD0016"
  case keyNotText = "BRD0017"
  case mergeKey = "BRD0018"
  case unsupportedTag = "BRD0019"
  case unknownAlias = "BRD0020"
  case cyclicAlias = "BRD0021"
  case aliasExpansion = "BRD0022"
  case tooDeep = "BRD0023"
  case tagMismatch = "BRD0024"
  case surrogateEscape = "BRD0025"
  case ambiguousNumber = "BRD0026"
  case yamlVersion = "BRD0027"

  // The shape of a policy.
  case unknownKey = "BRD0101"
  case missingKey = "BRD0102"
  case wrongType = "BRD0103"
  case invalidValue = "BRD0104"
  case unknownAPIVersion = "BRD0105"
  case unknownKind = "BRD0106"
  case emptyList = "BRD0107"
  case outOfRange = "BRD0108"

  // Networks and chains.
  case duplicateNetwork = "BRD0201"
  case delegateConfiguration = "BRD0202"
  case selfDelegation = "BRD0203"

  // Rules and attachments.
  case noRules = "BRD0301"
  case duplicateRule = "BRD0302"
  case unknownNetwork = "BRD0303"
  case unreachableRule = "BRD0304"
  case severalDefaultRoutes = "BRD0305"
  case duplicateInterface = "BRD0306"
  case interfaceOfRuntime = "BRD0307"

  /// What the finding is unless the one that makes it says otherwise.
  package var severity: Diagnostic.Severity {
    switch self {
    case .ignoredFile, .unreachableRule: .warning
    default: .error
    }
  }

  /// The kind of finding in a few words, for lists and for the heading of its page.
  package var title: String {
    switch self {
    case .unreadable: "file or directory cannot be read"
    case .fileTooLarge: "file is too large"
    case .noPolicyFiles: "directory holds no policy"
    case .ignoredFile: "file is not part of the policy"
    case .encoding: "text is not UTF-8"
    case .controlCharacter: "control character"
    case .syntax: "YAML syntax"
    case .tabIndentation: "tab in the indentation"
    case .duplicateKey: "duplicate key"
    case .emptyDocument: "empty document"
    case .severalDocuments: "several documents in one file"
    case .keyNotText: "key is not a text"
    case .mergeKey: "merge key"
    case .unsupportedTag: "unsupported tag"
    case .unknownAlias: "alias without anchor"
    case .cyclicAlias: "alias inside its own anchor"
    case .aliasExpansion: "aliases repeat too much"
    case .tooDeep: "nested too deep"
    case .tagMismatch: "value does not fit its tag"
    case .surrogateEscape: "surrogate pair as an escape"
    case .ambiguousNumber: "number that readers disagree about"
    case .yamlVersion: "YAML version"
    case .unknownKey: "unknown key"
    case .missingKey: "missing key"
    case .wrongType: "wrong type"
    case .invalidValue: "invalid value"
    case .unknownAPIVersion: "unknown apiVersion"
    case .unknownKind: "unknown kind"
    case .emptyList: "empty list"
    case .outOfRange: "number out of range"
    case .duplicateNetwork: "network declared twice"
    case .delegateConfiguration: "delegate refuses its configuration"
    case .selfDelegation: "Braid as its own delegate"
    case .noRules: "policy without rules"
    case .duplicateRule: "rule name used twice"
    case .unknownNetwork: "unknown network"
    case .unreachableRule: "rule that never matches"
    case .severalDefaultRoutes: "several owners of the default route"
    case .duplicateInterface: "interface name used twice"
    case .interfaceOfRuntime: "name of the runtime's interface"
    }
  }
}
