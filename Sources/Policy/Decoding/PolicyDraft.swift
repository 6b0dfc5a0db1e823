import CNI
import Diagnostics
import NetworkTypes
import YAML

/// The content of the files before the checks of its meaning. Wrong values are nil.
struct PolicyDraft {
  struct Rule {
    let node: YAMLNode
    let file: SourceFile
    let name: String?
    let nameRange: SourceRange
    let match: Match
    let attach: [Attach]
  }

  struct Attach {
    let range: SourceRange
    /// The attachment's mapping, for the places of its keys.
    let node: YAMLNode
    let network: Named<NetworkName>?
    let interface: Named<InterfaceName>?
    let defaultRoute: Named<DefaultRouteClaim>?
    let options: AttachmentOptions
    let inResult: Named<Bool>?
  }

  /// The value of `defaultRoute`.
  enum DefaultRouteClaim {
    case none
    case families([AddressFamily])

    var families: [AddressFamily] { if case .families(let families) = self { families } else { [] } }
  }

  /// A value with its place.
  struct Named<Value> {
    let value: Value
    let range: SourceRange
  }

  struct Request {
    let node: YAMLNode
    let file: SourceFile
    let range: SourceRange
    let namespaces: [Glob]
    let networks: [Named<NetworkName>]
    let inResult: Bool
    let permissions: RequestPermissions
  }

  /// Whether rules are missing because their file or list cannot be read. Checks that need all rules are then skipped.
  var isPartial = false
  /// Whether the draft was made from a runtime's configuration list, where Braid itself may be a plugin.
  var isForRuntime = false
  var files: [SourceFile] = []
  var networks: [Network] = []
  var rules: [Rule] = []
  var requests: [Request] = []
}
