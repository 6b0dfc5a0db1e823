import Diagnostics

extension DiagnosticCode {
  /// What is to be known about it; a new code does not compile without.
  var page: FindingPage {
    switch self {
    case .unreadable: .unreadable
    case .fileTooLarge: .fileTooLarge
    case .noPolicyFiles: .noPolicyFiles
    case .ignoredFile: .ignoredFile
    case .encoding: .encoding
    case .controlCharacter: .controlCharacter
    case .syntax: .syntax
    case .tabIndentation: .tabIndentation
    case .duplicateKey: .duplicateKey
    case .emptyDocument: .emptyDocument
    case .severalDocuments: .severalDocuments
    case .keyNotText: .keyNotText
    case .mergeKey: .mergeKey
    case .unsupportedTag: .unsupportedTag
    case .unknownAlias: .unknownAlias
    case .cyclicAlias: .cyclicAlias
    case .aliasExpansion: .aliasExpansion
    case .tooDeep: .tooDeep
    case .tagMismatch: .tagMismatch
    case .surrogateEscape: .surrogateEscape
    case .ambiguousNumber: .ambiguousNumber
    case .yamlVersion: .yamlVersion
    case .unknownKey: .unknownKey
    case .missingKey: .missingKey
    case .wrongType: .wrongType
    case .invalidValue: .invalidValue
    case .unknownAPIVersion: .unknownAPIVersion
    case .unknownKind: .unknownKind
    case .emptyList: .emptyList
    case .outOfRange: .outOfRange
    case .duplicateNetwork: .duplicateNetwork
    case .delegateConfiguration: .delegateConfiguration
    case .selfDelegation: .selfDelegation
    case .unusedNetwork: .unusedNetwork
    case .ipamInChain: .ipamInChain
    case .chainedFirst: .chainedFirst
    case .interfaceTwice: .interfaceTwice
    case .unknownPluginKey: .unknownPluginKey
    case .unknownPlugin: .unknownPlugin
    case .reservedKey: .reservedKey
    case .ambiguousKey: .ambiguousKey
    case .addressRange: .addressRange
    case .gatewayOutside: .gatewayOutside
    case .emptyPool: .emptyPool
    case .overlappingSubnets: .overlappingSubnets
    case .sharedAddresses: .sharedAddresses
    case .masterConflict: .masterConflict
    case .mtuOverMaster: .mtuOverMaster
    case .noRules: .noRules
    case .duplicateRule: .duplicateRule
    case .unknownNetwork: .unknownNetwork
    case .unreachableRule: .unreachableRule
    case .severalDefaultRoutes: .severalDefaultRoutes
    case .duplicateInterface: .duplicateInterface
    case .interfaceOfRuntime: .interfaceOfRuntime
    case .firstOutOfResult: .firstOutOfResult
    case .capability: .capability
    case .burstWithoutRate: .burstWithoutRate
    case .noDefaultRoute: .noDefaultRoute
    case .duplicateHostPort: .duplicateHostPort
    case .sharedIdentity: .sharedIdentity
    case .addressOutsidePool: .addressOutsidePool
    case .poolTooSmall: .poolTooSmall
    case .tooManyAttachments: .tooManyAttachments
    case .suppressionForm: .suppressionForm
    case .suppressionWithoutReason: .suppressionWithoutReason
    case .unknownSuppressedCode: .unknownSuppressedCode
    case .suppressedError: .suppressedError
    case .unusedSuppression: .unusedSuppression
    }
  }
}
