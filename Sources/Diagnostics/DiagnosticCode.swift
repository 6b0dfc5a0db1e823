/// Every kind of finding with its stable code. A retired code is never used again, because scripts and comments name codes.
///
/// 00: reading files and YAML. 01: the shape of a policy. 02: networks and chains. 03: rules and attachments.
/// 04: comments that allow findings.
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
  case severalPolicies = "BRD0028"

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
  case unusedNetwork = "BRD0204"
  case ipamInChain = "BRD0205"
  case chainedFirst = "BRD0206"
  case interfaceTwice = "BRD0207"
  case unknownPluginKey = "BRD0208"
  case unknownPlugin = "BRD0209"
  case reservedKey = "BRD0210"
  case ambiguousKey = "BRD0211"
  case addressRange = "BRD0212"
  case gatewayOutside = "BRD0213"
  case emptyPool = "BRD0214"
  case overlappingSubnets = "BRD0215"
  case sharedAddresses = "BRD0216"
  case masterConflict = "BRD0217"
  case mtuOverMaster = "BRD0218"
  case externalConfiguration = "BRD0219"
  case ipamWithoutType = "BRD0220"
  case unreachableNextHop = "BRD0223"
  case unusableAddress = "BRD0224"
  case unfitAddresses = "BRD0225"
  case severalGateways = "BRD0226"

  // Rules and attachments.
  case noRules = "BRD0301"
  case duplicateRule = "BRD0302"
  case unknownNetwork = "BRD0303"
  case unreachableRule = "BRD0304"
  case severalDefaultRoutes = "BRD0305"
  case duplicateInterface = "BRD0306"
  case interfaceOfRuntime = "BRD0307"
  case firstOutOfResult = "BRD0308"
  case capability = "BRD0309"
  case burstWithoutRate = "BRD0310"
  case noDefaultRoute = "BRD0311"
  case duplicateHostPort = "BRD0312"
  case sharedIdentity = "BRD0313"
  case addressOutsidePool = "BRD0314"
  case poolTooSmall = "BRD0315"
  case tooManyAttachments = "BRD0316"
  case unaskableNetwork = "BRD0317"
  case sharedDestination = "BRD0320"
  case interfaceOfFirst = "BRD0330"
  case noAddress = "BRD0331"
  case severalOfSet = "BRD0332"
  case impossiblePattern = "BRD0333"
  case unseenLabels = "BRD0334"
  case requestWithoutRule = "BRD0335"
  case addressOfOthers = "BRD0336"
  case missingCapability = "BRD0337"
  case gatewayWithoutRoute = "BRD0338"
  case idlePermission = "BRD0340"

  // Comments that allow findings.
  case suppressionForm = "BRD0401"
  case suppressionWithoutReason = "BRD0402"
  case unknownSuppressedCode = "BRD0403"
  case suppressedError = "BRD0404"
  case unusedSuppression = "BRD0405"

  /// Whether the finding is about a comment that allows findings. No comment can allow such a finding.
  package var isAboutSuppression: Bool {
    switch self {
    case .suppressionForm, .suppressionWithoutReason, .unknownSuppressedCode, .suppressedError, .unusedSuppression: true
    default: false
    }
  }

  /// Whether only `braidctl` looks for the error. Braid then uses the policy, and refuses the Pods that the error is about.
  package var isOfReview: Bool {
    switch self {
    case .delegateConfiguration, .gatewayOutside, .unreachableNextHop, .unusableAddress, .unfitAddresses, .severalGateways,
      .interfaceOfFirst, .noAddress, .severalOfSet, .impossiblePattern, .missingCapability:
      true
    default: false
    }
  }

  /// The default severity. A finding may have another one.
  package var severity: Diagnostic.Severity {
    switch self {
    case .ignoredFile, .unreachableRule, .unusedNetwork, .chainedFirst, .unknownPluginKey, .unknownPlugin, .overlappingSubnets,
      .masterConflict, .mtuOverMaster, .externalConfiguration, .sharedIdentity, .unaskableNetwork, .sharedDestination,
      .unseenLabels, .requestWithoutRule, .idlePermission, .addressOfOthers, .gatewayWithoutRoute,
      .suppressionForm, .suppressionWithoutReason, .unknownSuppressedCode, .suppressedError, .unusedSuppression:
      .warning
    default: .error
    }
  }

  /// The kind of finding in a few words, for lists and as the heading of its page.
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
    case .ambiguousNumber: "number that programs read differently"
    case .yamlVersion: "YAML version"
    case .severalPolicies: "several policies in one directory"
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
    case .unusedNetwork: "network that nobody gets"
    case .ipamInChain: "IPAM plugin in the chain"
    case .chainedFirst: "chain without an interface"
    case .interfaceTwice: "second interface in one chain"
    case .unknownPluginKey: "key that the plugin does not know"
    case .unknownPlugin: "plugin that is probably misspelt"
    case .reservedKey: "key that a policy cannot set"
    case .ambiguousKey: "keys that differ in case alone"
    case .addressRange: "range outside its subnet or reversed"
    case .gatewayOutside: "gateway outside its subnet"
    case .emptyPool: "range that has no address to give out"
    case .overlappingSubnets: "networks with overlapping subnets"
    case .sharedAddresses: "networks that give the same addresses on one link"
    case .masterConflict: "interface with two conflicting uses"
    case .mtuOverMaster: "MTU larger than that of the interface below"
    case .externalConfiguration: "configuration that an external plugin probably refuses"
    case .ipamWithoutType: "IPAM without a type"
    case .unreachableNextHop: "route that the kernel refuses"
    case .unusableAddress: "address that no interface can have"
    case .unfitAddresses: "addresses that the plugin cannot work with"
    case .severalGateways: "bridge with different gateways"
    case .noRules: "policy without rules"
    case .duplicateRule: "rule name used twice"
    case .unknownNetwork: "unknown network"
    case .unreachableRule: "rule that never matches"
    case .severalDefaultRoutes: "several owners of the default route"
    case .duplicateInterface: "interface name used twice"
    case .interfaceOfRuntime: "interface name that only the runtime chooses"
    case .firstOutOfResult: "first attachment kept out of the result"
    case .capability: "option that no plugin of the chain supports"
    case .burstWithoutRate: "burst without rate"
    case .noDefaultRoute: "default route claimed on a network without one"
    case .duplicateHostPort: "port of the node used twice"
    case .sharedIdentity: "fixed address for several Pods"
    case .addressOutsidePool: "address that the network does not give out"
    case .poolTooSmall: "more attachments than addresses"
    case .tooManyAttachments: "too many attachments"
    case .unaskableNetwork: "network that no annotation can name"
    case .sharedDestination: "two networks that lead to one destination"
    case .interfaceOfFirst: "interface name of the first attachment"
    case .noAddress: "attachment without an address"
    case .severalOfSet: "several addresses of one set of ranges"
    case .impossiblePattern: "pattern that no name matches"
    case .unseenLabels: "condition on labels that no runtime gives"
    case .requestWithoutRule: "request of Pods that no rule takes"
    case .idlePermission: "permission for requests that allows nothing"
    case .gatewayWithoutRoute: "first network with a gateway but no default route"
    case .missingCapability: "capability that the runtime does not pass on"
    case .addressOfOthers: "fixed address that other Pods may get"
    case .suppressionForm: "comment for braidctl that cannot be understood"
    case .suppressionWithoutReason: "finding allowed without a reason"
    case .unknownSuppressedCode: "unknown finding allowed"
    case .suppressedError: "finding that cannot be allowed"
    case .unusedSuppression: "allowed finding that does not occur"
    }
  }
}
