/// A kind of input that comes from outside. `fuzz` and the folders of inputs use its name.
enum FuzzTarget: String, CaseIterable {
  case configuration, arguments, policy, annotation, record, netlink, kept, conflist, imports, manifest, report, result,
    reservation, grant

  /// Feeds the bytes to all code that would read them. The fuzzer notices crashes and hangs by itself. For a wrong answer this throws.
  func run(_ bytes: [UInt8]) throws(Violation) {
    switch self {
    case .configuration: try configurationInput(bytes)
    case .arguments: try argumentsInput(bytes)
    case .policy: try policyInput(bytes)
    case .annotation: try annotationInput(bytes)
    case .record: try recordInput(bytes)
    case .netlink: try netlinkInput(bytes)
    case .kept: try keptInput(bytes)
    case .conflist: try conflistInput(bytes)
    case .imports: try importsInput(bytes)
    case .manifest: try manifestInput(bytes)
    case .report: try reportInput(bytes)
    case .result: try resultInput(bytes)
    case .reservation: try reservationInput(bytes)
    case .grant: try grantInput(bytes)
    }
  }
}

/// A promise that an input has broken.
struct Violation: Error, CustomStringConvertible {
  let description: String

  static func unless(_ holds: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
    guard holds else { throw Violation(description: promise()) }
  }
}
